import { statSync } from 'node:fs'
import { messageOf, whyUnread } from '../fault.ts'
import { type CsvReader, csvLineReader } from './csv-lines.ts'
import { type Format, formatOf, guess } from './detect.ts'
import { documentOf } from './document.ts'
import { BrokenLine, jsonLineReader } from './json-lines.ts'
import { type ReadResult, readLines } from './lines.ts'
import type { Typed } from './metric-types.ts'
import { aboutRuns, runsOf } from './parts.ts'
import { Samples } from './samples.ts'

/** A file of which nothing can be used. */
export class UnreadableFile extends Error {
  /** the JSON document that it is instead */
  readonly document: unknown

  constructor(message: string, document?: unknown) {
    super(message)
    this.document = document
  }
}

/** Samples of several runs, and none was chosen; the message names them. */
export class SeveralRuns extends Error {}

/** What reading came to. */
export interface Reading {
  samples: Samples
  /** of all the files */
  format: 'json' | 'csv'
  /** that samples came from */
  files: string[]
  /** lines, in words: what was left out, and where */
  warnings: string[]
  /** files that could not be used at all, with the reason */
  failures: string[]
  /** lines that were left out */
  broken: number
  /** no line is missing, as far as can be told */
  whole: boolean
}

/** bytes */
export type OnProgress = (file: string, read: number, size: number | undefined) => void

const SHOWN = 3
/** A summary is some hundred KB. */
const LARGEST_DOCUMENT = 64 * 2 ** 20
const FIX = 'give the file of k6 run --out json=FILE or --out csv=FILE'

export interface ReadOptions {
  /** tags to keep apart beside the usual ones */
  by?: string[]
  /** by series, beside those that the samples have */
  thresholds?: Record<string, string[]>
  /** of a script's own metrics, which CSV does not tell */
  types?: Readonly<Record<string, Typed>>
  /** which of several runs, from 1 on; `all`: take them for one */
  run?: number | 'all'
  onProgress?: OnProgress
}

/**
 * Reads the samples of one file or of several of the same run. Of a fault nothing that was read
 * before is lost: lines that are broken are left out and told, and so are files of which nothing
 * can be used, unless there is no other.
 *
 * Files whose samples lie apart in time are of several runs, and so are parts of a file: a report is
 * of one.
 *
 * @param paths `-` for stdin
 * @throws UnreadableFile where no file can be used
 * @throws SeveralRuns where `run` does not say which
 */
export async function readSamples(paths: string[], options: ReadOptions = {}): Promise<Reading> {
  const reading = await readAll(paths, options)
  const { run } = options
  if (run === 'all') return reading
  const runs = runsOf(reading.samples.parts)
  if (run === undefined && runs.length === 1) return reading
  const chosen = run === undefined ? undefined : runs[run - 1]
  if (!chosen) throw new SeveralRuns(aboutRuns(runs))
  if (runs.length === 1) return reading
  const only = new Set(chosen.map((part) => reading.samples.parts.indexOf(part)))
  return readAll(paths, options, only)
}

async function readAll(
  paths: string[],
  { by, thresholds, types, onProgress }: ReadOptions,
  only?: Set<number>,
): Promise<Reading> {
  const samples = new Samples({ by, thresholds, only })
  const reading: Reading = {
    samples,
    format: 'json',
    files: [],
    warnings: [],
    failures: [],
    broken: 0,
    whole: true,
  }
  let document: unknown
  for (const path of paths) {
    const label = path === '-' ? 'stdin' : path
    try {
      samples.line = 1
      samples.begin(label)
      reading.format = await readFile(path, label, reading, { types, onProgress })
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

/** What one file came to. */
interface FileNotes {
  result: ReadResult
  /** the first few lines that were left out */
  faults: { line: number; why: string }[]
  broken: number
  /** why the last line is no whole one */
  cut: string | undefined
  /** samples by metric whose type is not known */
  untyped: Map<string, number>
}

async function readFile(
  path: string,
  label: string,
  reading: Reading,
  { types, onProgress }: Pick<ReadOptions, 'types' | 'onProgress'>,
): Promise<'json' | 'csv'> {
  const { samples } = reading
  const size = sizeOf(path, label)
  const before = samples.count
  let format: Format = 'empty'
  let read: ((buffer: Buffer, start: number, end: number) => void) | undefined
  let csv: CsvReader | undefined
  const untyped = new Map<string, number>()
  const faults: FileNotes['faults'] = []
  let broken = 0
  let cut: string | undefined
  let number = 0
  /** of a document */
  const parts: Buffer[] = []
  let kept = 0
  let head = Buffer.alloc(0)

  const result = await readLines(
    path,
    (buffer, start, end, ended) => {
      samples.line = ++number
      if (read === undefined && format !== 'document') {
        const line = buffer.toString('utf8', start, Math.min(end, start + 65536))
        format = formatOf(line)
        if (format === 'empty') return true
        if (number === 1 && buffer[start] === 0xef && buffer[start + 1] === 0xbb) start += 3
        head = Buffer.from(buffer.subarray(start, Math.min(end, start + 200)))
        if (format === 'unknown') return false
        if (format === 'json') read = jsonLineReader(samples)
        if (format === 'csv') {
          csv = csvLineReader(samples, untyped, types)
          read = csv.line
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
      return true
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

function tell(
  reading: Reading,
  label: string,
  { result, faults, broken, cut, untyped }: FileNotes,
): void {
  const { warnings } = reading
  reading.broken += broken
  reading.whole &&= broken === 0 && !result.fault && cut === undefined
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

function sizeOf(path: string, label: string) {
  if (path === '-') return undefined
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new UnreadableFile(`${label}: a directory; ${FIX}`)
    return stat.isFile() ? stat.size : undefined
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    throw new UnreadableFile(`${label}: ${whyUnread(error)}; ${FIX}`)
  }
}

function aboutDocument(label: string, text: string) {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return new UnreadableFile(
      `${label}: line 1: not k6's samples but JSON of another kind (${messageOf(error)}); ${FIX}`,
    )
  }
  const what = {
    report: 'a report of k6-llm: its figures are there, the samples are not',
    summary: "the data of handleSummary, k6's summary of a run",
    machine: "k6's machine-readable summary of a run",
    export: "a summary of k6's --summary-export",
    options: 'options of k6',
    unknown: 'a JSON document of another kind',
  }[documentOf(document).kind]
  return new UnreadableFile(
    `${label}: line 1: expected k6's samples, one JSON object a line, and found ${what}; ${FIX}`,
    document,
  )
}
