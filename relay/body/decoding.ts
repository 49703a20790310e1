import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
} from 'node:zlib'

/** Turns the bytes of a body into those that were meant, with the time at which they arrived. */
export interface BodyDecoder {
  write(piece: Buffer, time: number): void
  /** No more will come; `onEnd` follows when all is decoded. */
  end(): void
  /** Frees what it holds; nothing is given out any more. */
  destroy(): void
}

export interface BodySink {
  onData(piece: Buffer, time: number): void
  onEnd(): void
  onError(error: Error): void
}

/**
 * The decoder of a `Content-Encoding`; several are undone from the last to the first. Unknown
 * ones are an error, as they are for k6.
 */
export function createBodyDecoder(encoding: string | undefined, sink: BodySink): BodyDecoder {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  return chain(names, sink)
}

function chain(names: readonly string[], sink: BodySink): BodyDecoder {
  const [first, ...others] = names
  if (first === undefined) return plain(sink)
  const inner = undo(first, sink)
  return others.length === 0 ? inner : chain(others, sinkOf(inner, sink))
}

function sinkOf(decoder: BodyDecoder, sink: BodySink): BodySink {
  return { onData: decoder.write, onEnd: decoder.end, onError: sink.onError }
}

function plain(sink: BodySink): BodyDecoder {
  return { write: sink.onData, end: sink.onEnd, destroy: () => undefined }
}

/** The bytes of a block that is not finished are given out too, so tokens are not held back. */
const FLUSH = { flush: constants.Z_SYNC_FLUSH }

function engine(name: string, firstByte: number | undefined) {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(FLUSH)
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
    case 'deflate':
      // Some servers send it without the zlib wrapper that the RFC asks for.
      return ((firstByte ?? 0) & 0x0f) === 8 ? createInflate(FLUSH) : createInflateRaw(FLUSH)
    default:
      return undefined
  }
}

function undo(name: string, sink: BodySink): BodyDecoder {
  let stream: ReturnType<typeof engine>
  let broken = false
  // zlib works in another thread: each output belongs to the oldest piece that is not done.
  const times: number[] = []
  let latest = 0

  function fail(error: Error) {
    if (!broken) sink.onError(error)
    broken = true
  }

  function open(piece: Buffer) {
    stream = engine(name, piece[0])
    if (stream === undefined) return fail(new Error(`unsupported Content-Encoding: ${name}`))
    stream.on('data', (out: Buffer) => {
      if (!broken) sink.onData(out, times[0] ?? latest)
    })
    stream.on('end', () => {
      if (!broken) sink.onEnd()
    })
    stream.on('error', fail)
  }

  return {
    write(piece, time) {
      if (stream === undefined && !broken) open(piece)
      if (broken || stream === undefined) return
      latest = time
      times.push(time)
      stream.write(piece, () => times.shift())
    },
    end() {
      if (broken) return
      if (stream === undefined)
        sink.onEnd() // an empty body is none, however it is encoded
      else stream.end()
    },
    destroy() {
      broken = true
      stream?.destroy()
    },
  }
}
