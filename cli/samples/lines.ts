import { createReadStream } from 'node:fs'
import { createGunzip, type Gunzip } from 'node:zlib'

const NEWLINE = 10
/** k6's lines have some hundred bytes; a file without a line end is no output of k6. */
const LONGEST_LINE = 16 * 2 ** 20
const CHUNK = 2 ** 20

/** What was read of an input. */
export interface ReadResult {
  lines: number
  gzipped: boolean
  /** what ended the reading early: a cut gzip, a disk, a line that is too long */
  fault?: Error
}

/**
 * Takes a line, whose bytes are good during the call only.
 *
 * @param ended a line end follows
 * @returns false: stop the reading
 */
export type OnLine = (
  buffer: Buffer,
  start: number,
  end: number,
  ended: boolean,
) => boolean | undefined

/**
 * Calls back for each line of a file as bytes, without its line end. gzip is known by its first
 * bytes, whatever the name. A fault of the input ends the reading and is told; what came before it
 * has been handed over.
 *
 * @param path `-` for stdin
 * @param onBytes how many bytes of the file have been read so far
 */
export function readLines(
  path: string,
  onLine: OnLine,
  onBytes?: (bytes: number) => void,
): Promise<ReadResult> {
  return new Promise((resolve) => {
    const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK })
    /** between the file and its lines, where it is gzipped */
    let unzip: Gunzip | undefined
    let bytes = 0
    let lines = 0
    /** the beginning of a line whose end has not come */
    let rest: Buffer | undefined
    let done = false

    const finish = (fault?: Error) => {
      if (done) return
      done = true
      if (rest && rest.length > 0) {
        lines++
        onLine(rest, 0, rest.length, false)
      }
      source.destroy?.()
      resolve({ lines, gzipped: unzip !== undefined, ...(fault && { fault }) })
    }
    const stop = () => {
      rest = undefined
      finish()
    }

    const take = (chunk: Buffer) => {
      let start = 0
      if (rest) {
        const end = chunk.indexOf(NEWLINE)
        if (end < 0) {
          rest = Buffer.concat([rest, chunk])
          if (rest.length <= LONGEST_LINE) return
          rest = undefined
          return finish(new Error(`a line has more than ${LONGEST_LINE / 2 ** 20} MB`))
        }
        const whole = Buffer.concat([rest, chunk.subarray(0, end)])
        rest = undefined
        start = end + 1
        lines++
        if (onLine(whole, 0, whole.length, true) === false) return stop()
      }
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start)
        if (end < 0) break
        lines++
        if (onLine(chunk, start, end, true) === false) return stop()
        start = end + 1
      }
      if (start < chunk.length) rest = Buffer.from(chunk.subarray(start))
    }

    source.on('data', (chunk: Buffer) => {
      if (done) return
      const first = bytes === 0
      bytes += chunk.length
      onBytes?.(bytes)
      if (first && chunk[0] === 0x1f && chunk[1] === 0x8b) {
        unzip = createGunzip({ chunkSize: CHUNK })
        unzip.on('data', (piece: Buffer) => {
          if (!done) take(piece)
        })
        unzip.on('end', () => finish())
        unzip.on('error', finish)
        unzip.on('drain', () => source.resume())
      }
      if (!unzip) take(chunk)
      else if (!unzip.write(chunk)) source.pause()
    })
    source.on('end', () => {
      if (unzip) unzip.end()
      else finish()
    })
    source.on('error', finish)
  })
}
