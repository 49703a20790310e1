import { statSync } from 'node:fs'
import { csvLineReader } from './csv-lines.js'
import { documentKind, formatOf, guess } from './detect.js'
import { BrokenLine, jsonLineReader } from './json-lines.js'
import { readLines } from './lines.js'
import { Samples } from './samples.js'

/** @import { MetricTable } from './metric-types.js' */

/** A file of which nothing can be used. */
export class UnreadableFile extends Error {
  /** @param {string} message @param {unknown} [document] the JSON document that it is instead */
  constructor(message, document) {
    super(message)
    this.document = document
  }
}

/**
 * What reading came to.
 *
 * @typedef {object} Reading
 * @property {Samples} samples
 * @property {'json' | 'csv'} format of all the files
 * @property {string[]} files that samples came from
 * @property {string[]} warnings lines, in words: what was left out, and where
 * @property {string[]} failures files that could not be used at all, with the reason
 * @property {number} broken lines that were left out
 */

/** @typedef {(file: string, read: number, size: number | undefined) => void} OnProgress bytes */

const SHOWN = 3
/** A summary is some hundred KB. */
const LARGEST_DOCUMENT = 64 * 2 ** 20
const FIX = 'give the file of k6 run --out json=FILE or --out csv=FILE'

/**
 * Reads the samples of one file or of several of the same run. Of a fault nothing that was read
 * before is lost: lines that are broken are left out and told, and so are files of which nothing
 * can be used, unless there is no other.
 *
 * @param {string[]} paths `-` for stdin
 * @param {{ table: MetricTable, by?: string[], thresholds?: Record<string, string[]>,
 *   onProgress?: OnProgress }} options
 * @returns {Promise<Reading>} throws {@link UnreadableFile} where no file can be used
 */
export async function readSamples(paths, { table, by, thresholds, onProgress }) {
  const samples = new Samples({ by, thresholds })
  /** @type {Reading} */
  const reading = { samples, format: 'json', files: [], warnings: [], failures: [], broken: 0 }
  /** @type {unknown} */
  let document
  for (const path of paths) {
    const label = path === '-' ? 'stdin' : path
    try {
      const format = await readFile(path, label, { samples, table, reading, onProgress })
      reading.format = format
      samples.nextFile()
      reading.files.push(label)
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      reading.failures.push(error.message)
      document ??= error.document
    }
  }
  if (reading.files.length === 0) throw new UnreadableFile(reading.failures.join('\n'), document)
  return reading
}

/**
 * @param {string} path
 * @param {string} label
 * @param {{ samples: Samples, table: MetricTable, reading: Reading, onProgress?: OnProgress }} to
 * @returns {Promise<'json' | 'csv'>}
 */
async function readFile(path, label, { samples, table, reading, onProgress }) {
  const size = sizeOf(path, label)
  const before = samples.count
  /** @type {import('./detect.js').Format} */
  let format = 'empty'
  /** @type {((buffer: Buffer, start: number, end: number) => void) | undefined} */
  let read
  /** @type {{ cut(): boolean } | undefined} */
  let csv
  /** @type {Map<string, number>} */
  const untyped = new Map()
  /** @type {{ line: number, why: string }[]} */
  const faults = []
  let broken = 0
  /** @type {string | undefined} */
  let cut
  let number = 0
  /** @type {Buffer[]} of a document */
  const parts = []
  let kept = 0
  let head = Buffer.alloc(0)

  const result = await readLines(
    path,
    (buffer, start, end, ended) => {
      number++
      if (read === undefined && format !== 'document') {
        const line = buffer.toString('utf8', start, Math.min(end, start + 65536))
        format = formatOf(line)
        if (format === 'empty') return
        if (number === 1 && buffer[start] === 0xef && buffer[start + 1] === 0xbb) start += 3
        head = Buffer.from(buffer.subarray(start, Math.min(end, start + 200)))
        if (format === 'unknown') return false
        if (format === 'json') read = jsonLineReader(samples)
        if (format === 'csv') {
          const reader = csvLineReader(samples, table, untyped)
          read = reader.line
          csv = reader
        }
        // Times of CSV are whole seconds: a run is read from one kind of file.
        if (reading.files.length > 0 && read && format !== reading.format) return false
      }
      if (format === 'document') {
        parts.push(Buffer.from(buffer.subarray(start, end)), Buffer.from('\n'))
        kept += end - start
        return kept <= LARGEST_DOCUMENT
      }
      try {
        read?.(buffer, start, end)
      } catch (error) {
        if (!(error instanceof BrokenLine)) throw error
        if (!ended) cut = error.message
        else {
          broken++
          if (faults.length < SHOWN) faults.push({ line: number, why: error.message })
        }
      }
    },
    (bytes) => onProgress?.(label, bytes, size),
  )
  if (csv?.cut()) cut = 'a quote that is not closed'
  if (result.fault && samples.count === before && format === 'empty') {
    throw new UnreadableFile(`${label}: ${result.fault.message}`)
  }
  if (format === 'empty') throw new UnreadableFile(`${label}: the file is empty; ${FIX}`)
  if (format === 'unknown') {
    throw new UnreadableFile(
      `${label}: line ${number}: not k6's samples but ${guess(head)}; ${FIX}`,
    )
  }
  if (format === 'document') throw aboutDocument(label, Buffer.concat(parts).toString('utf8'))
  if (reading.files.length > 0 && format !== reading.format) {
    throw new UnreadableFile(
      `${label}: ${format}, and ${reading.files[0]} is ${reading.format}: the files of one report ` +
        'must be of one format, since times of CSV are whole seconds',
    )
  }
  if (samples.count === before) {
    const first = faults[0] ? `; line ${faults[0].line}: ${faults[0].why}` : ''
    const own =
      untyped.size > 0 ? `, only metrics of unknown type: ${[...untyped.keys()].join(', ')}` : ''
    throw new UnreadableFile(`${label}: no sample in ${result.lines} lines${own}${first}; ${FIX}`)
  }
  tell(reading, label, { result, faults, broken, cut, untyped })
  return format
}

/** @param {Reading} reading @param {string} label */
function tell(
  reading,
  label,
  /** @type {{ result: import('./lines.js').ReadResult, faults: { line: number, why: string }[],
   *   broken: number, cut: string | undefined, untyped: Map<string, number> }} */
  { result, faults, broken, cut, untyped },
) {
  const { warnings } = reading
  reading.broken += broken
  if (broken > 0) {
    const some = faults.map(({ line, why }) => `line ${line}: ${why}`).join('; ')
    const more = broken > faults.length ? `; and ${broken - faults.length} more` : ''
    warnings.push(`${label}: ${broken} of ${result.lines} lines left out: ${some}${more}`)
  }
  if (result.fault) {
    warnings.push(
      `${label}: ends too early, after line ${result.lines}: ${result.fault.message}; ` +
        'what came before it is in the figures',
    )
  } else if (cut !== undefined) {
    warnings.push(`${label}: line ${result.lines}, the last, is cut off and left out (${cut})`)
  }
  if (untyped.size > 0) {
    const names = [...untyped].map(([name, count]) => `${name} (${count} samples)`).join(', ')
    warnings.push(
      `${label}: left out, since CSV does not tell the types of a script's own metrics: ${names}; ` +
        '--out json does',
    )
  }
}

/** @param {string} path @param {string} label */
function sizeOf(path, label) {
  if (path === '-') return undefined
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new UnreadableFile(`${label}: a directory; ${FIX}`)
    return stat.isFile() ? stat.size : undefined
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    const why = code === 'ENOENT' ? 'there is no such file' : /** @type {Error} */ (error).message
    throw new UnreadableFile(`${label}: ${why}; ${FIX}`)
  }
}

/** @param {string} label @param {string} text */
function aboutDocument(label, text) {
  /** @type {unknown} */
  let document
  try {
    document = JSON.parse(text)
  } catch (error) {
    return new UnreadableFile(
      `${label}: line 1: not k6's samples but JSON of another kind (${/** @type {Error} */ (error).message}); ${FIX}`,
    )
  }
  const what = {
    report: 'a report of k6-llm: its figures are there, the samples are not',
    summary: "the data of handleSummary, k6's summary of a run",
    machine: "k6's machine-readable summary of a run",
    export: "a summary of k6's --summary-export",
    options: 'options of k6',
    unknown: 'a JSON document of another kind',
  }[documentKind(document)]
  return new UnreadableFile(
    `${label}: line 1: expected k6's samples, one JSON object a line, and found ${what}; ${FIX}`,
    document,
  )
}
