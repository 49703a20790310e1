import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readLines } from '../samples/lines.ts'
import type { Reading } from '../samples/read.ts'
import { fromDocument, type Given } from './thresholds.ts'

/** A report has some hundred KB. */
const LARGEST = 16 * 2 ** 20
/** Clocks of k6's summary and of its samples, and whole seconds of CSV, ms. */
const SLACK = 3000
/** What a report of ours, or what `JSON.stringify` makes of k6's data, begins with. */
const DOCUMENT = /^\s*\{\s*"(schema|root_group|metrics|state|options|setup_data)"\s*:/
/** Counters that tell whether a summary is of the same run. */
const TELLING = ['iterations', 'http_reqs', 'llm_requests']

/**
 * Reads samples with the goals that lie beside them: those of the JSON that `handleSummary` of the
 * same run wrote, in the folder of the samples or in `results` there. That it is of the same run is
 * known by its time and its counts; of several instances each has its own, whose goals are those of
 * all.
 *
 * @param read the samples, with these thresholds
 */
export async function readWithGoals(
  files: string[],
  read: (given: Given | undefined) => Promise<Reading>,
): Promise<{ reading: Reading; given?: Given }> {
  const [file] = files
  const found = file === undefined || file === '-' ? [] : documentsBeside(file)
  // Sub-metrics must be known before the samples are read: what fits by its time is tried first.
  const first = found.length > 0 && file !== undefined ? await firstTime(file) : undefined
  const likely = found.find(({ madeAt, durationMs }) => {
    if (madeAt === undefined || durationMs === undefined || first === undefined) return false
    return first >= madeAt - durationMs - SLACK && first <= madeAt + SLACK
  })
  const reading = await read(likely)
  const own = [...(likely ? [likely] : []), ...found].find((given) => isOf(given, reading))
  const given = own && (files.length > 1 ? goalsAlone(own) : own)
  if (own === likely) return { reading, ...(given && { given }) }
  return { reading: await read(given), ...(given && { given }) }
}

/** Whether a document was written by the run that samples are of. */
function isOf(
  { madeAt, durationMs = 0, counts = {} }: Given,
  { samples, files, whole }: Reading,
): boolean {
  const { first, last } = samples
  if (madeAt !== undefined) {
    if (first < madeAt - durationMs - SLACK || last > madeAt + SLACK) return false
  } else if (!whole || Math.abs(last - first - durationMs) > 2 * SLACK) return false
  if (files.length > 1) return true
  const told = TELLING.filter((name) => counts[name] !== undefined)
  return (
    told.length > 0 &&
    told.every((name) => {
      const counted = samples.metrics.get(name)?.sink.sum ?? 0
      // Lines may be missing from a file that is damaged.
      return whole ? counted === counts[name] : counted <= (counts[name] ?? 0)
    })
  )
}

/** What holds for all instances of a run. */
function goalsAlone({ thresholds, types, kept, file, from }: Given): Given {
  const { slas, configuration, preview } = kept ?? {}
  const shared = {
    ...(slas && { slas }),
    ...(configuration && { configuration }),
    ...(preview && { preview }),
  }
  return { thresholds, from, kept: shared, ...(types && { types }), ...(file && { file }) }
}

/** Newest first. */
function documentsBeside(file: string): Given[] {
  const folder = dirname(resolve(file))
  const found = [folder, join(folder, 'results')].flatMap(jsonFiles)
  return found
    .sort((a, b) => b.at - a.at)
    .flatMap(({ path }) => {
      const given = readDocument(path)
      return given ? [{ ...given, file: path }] : []
    })
}

function jsonFiles(folder: string): { path: string; at: number }[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      if (!name.endsWith('.json')) return []
      const path = join(folder, name)
      const { size, mtimeMs } = statSync(path)
      return size > LARGEST || !isDocument(path) ? [] : [{ path, at: mtimeMs }]
    })
  } catch {
    return [] // no such folder
  }
}

/** Samples and many other files are told by their beginning. */
function isDocument(path: string): boolean {
  const head = Buffer.alloc(200)
  const file = openSync(path, 'r')
  readSync(file, head, 0, head.length, 0)
  closeSync(file)
  return DOCUMENT.test(head.toString('latin1'))
}

function readDocument(path: string): Given | undefined {
  try {
    const given = fromDocument(JSON.parse(readFileSync(path, 'utf8')))
    return given?.from === 'options' ? undefined : given
  } catch {
    return undefined // not whole, or not ours
  }
}

/** Time of the first sample, ms since 1970. */
async function firstTime(file: string): Promise<number | undefined> {
  const { jsonLineReader } = await import('../samples/json-lines.ts')
  const { csvLineReader } = await import('../samples/csv-lines.ts')
  const { Samples } = await import('../samples/samples.ts')
  const samples = new Samples()
  const csv = csvLineReader(samples, new Map())
  const json = jsonLineReader(samples)
  await readLines(file, (buffer, start, end) => {
    try {
      if (buffer[start] === 123) json(buffer, start, end)
      else csv.line(buffer, start, end)
    } catch {
      // told when all is read
    }
    return samples.count === 0
  })
  return samples.count === 0 ? undefined : samples.first
}
