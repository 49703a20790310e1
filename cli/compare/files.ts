import { PREVIEW_METRIC, type Report, toReport, verdictText, WORDS } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { documentOf } from '../samples/document.ts'
import { showProgress } from '../samples/progress.ts'
import { readSamples, SeveralRuns, UnreadableFile } from '../samples/read.ts'
import type { Tags } from '../samples/samples.ts'
import { compareSides, overall, type Row } from './compare.ts'
import type { Comparison } from './render.ts'
import { SHARES, type Side, sideOf, TIMES } from './side.ts'
import { compareSummaries } from './summaries.ts'
import type { Threshold } from './threshold.ts'

export interface FilesOptions {
  /** from which a difference matters */
  threshold: Threshold
  /** `TAG=VALUE` that samples must have */
  only: string[]
  /** of the bootstrap */
  seed: number
  warn(this: void, text: string): void
}

export async function compareFiles(
  base: string,
  other: string,
  { threshold, only, seed, warn }: FilesOptions,
): Promise<Comparison> {
  const wanted = tagsOf(only)
  const read = (file: string) => readSide(file, wanted, warn)
  const [a, b] = [await read(base), await read(other)]
  const notes: string[] = []
  let rows: Row[]
  if ('summary' in a && 'summary' in b) {
    if (only.length > 0) throw unfit('--only needs samples, and these are summaries')
    rows = compareSummaries(a.summary, b.summary, { threshold })
    for (const [file, { summary }] of [
      [base, a],
      [other, b],
    ] as const) {
      if (summary.ending) notes.push(`${file}: ${verdictText(summary, WORDS.en)}`)
    }
    notes.push(
      'from two summaries: percentiles have no intervals and are not judged; samples (k6 run --out json=FILE) would tell',
    )
  } else if ('side' in a && 'side' in b) {
    rows = compareSides(a.side, b.side, { threshold, seed })
    notes.push(
      `p: chance of such a difference without a cause, after Holm's correction for all rows; bootstrap with seed ${seed}`,
    )
  } else {
    const summary = 'summary' in a ? base : other
    throw unfit(`${summary}: a summary, and the other is of samples; give two of a kind`)
  }
  for (const [file, side] of [
    [base, a],
    [other, b],
  ] as const) {
    if (side.preview) notes.push(`${file} is of the preview, not of k6: no benchmark`)
  }
  for (const [file, names] of [
    [base, onlyIn(a, b)],
    [other, onlyIn(b, a)],
  ] as const) {
    if (names.length > 0) notes.push(`not compared, since only ${file} has it: ${names.join(', ')}`)
  }
  if (rows.length === 0) {
    throw unfit(`${base} and ${other} have no metric in common that can be compared`)
  }
  return { schema: 'k6-llm/comparison@1', base, new: other, verdict: overall(rows), rows, notes }
}

const unfit = (message: string) => new CommandError(message, EXIT.wrongUse)

function tagsOf(texts: string[]): Tags {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=')
      if (equals <= 0) throw unfit(`--only ${text}: expected TAG=VALUE, like model=llama3`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}

/** One of the two. */
type Read = ({ side: Side } | { summary: Report }) & { preview: boolean }

/** What can be compared and the other has not. */
function onlyIn(one: Read, other: Read): string[] {
  const has = namesOf(other)
  return namesOf(one).filter((name) => !has.includes(name))
}

function namesOf(read: Read): string[] {
  if ('summary' in read) {
    const { latency, rates } = read.summary
    const known = [...TIMES, ...Object.keys(SHARES)]
    return [...new Set([...latency, ...rates].map(({ metric }) => metric))].filter((name) =>
      known.includes(name),
    )
  }
  const { times, shares, paces, gauges } = read.side
  return [times, shares, paces, gauges].flatMap((part) => Object.keys(part))
}

async function readSide(file: string, wanted: Tags, warn: FilesOptions['warn']): Promise<Read> {
  const progress = showProgress()
  try {
    const { samples, warnings } = await readSamples([file], {
      by: Object.keys(wanted),
      onProgress: progress.onProgress,
    })
    for (const text of warnings) warn(text)
    const preview = samples.metrics.has(PREVIEW_METRIC)
    return { side: sideOf(samples, { name: file, only: wanted }), preview }
  } catch (error) {
    if (error instanceof SeveralRuns) {
      throw unfit(`${error.message}; a side is one run: give each a file of its own`)
    }
    if (!(error instanceof UnreadableFile)) throw error
    const document = documentOf(error.document)
    if (document.kind === 'report') {
      return { summary: document.report, preview: document.report.preview === true }
    }
    if (document.kind !== 'summary') throw unfit(error.message)
    const context = { title: file, generatedAt: new Date().toISOString() }
    const summary = toReport(document.summary, context)
    return { summary, preview: summary.preview === true }
  } finally {
    progress.done()
  }
}
