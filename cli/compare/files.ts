import { type Report, toReport, verdictText, WORDS } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { documentOf } from '../samples/document.ts'
import { showProgress } from '../samples/progress.ts'
import { readSamples, UnreadableFile } from '../samples/read.ts'
import type { Tags } from '../samples/samples.ts'
import { compareSides, overall, type Row } from './compare.ts'
import type { Comparison } from './render.ts'
import { type Side, sideOf } from './side.ts'
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

async function readSide(
  file: string,
  wanted: Tags,
  warn: FilesOptions['warn'],
): Promise<{ side: Side } | { summary: Report }> {
  const progress = showProgress()
  try {
    const { samples, warnings } = await readSamples([file], {
      by: Object.keys(wanted),
      onProgress: progress.onProgress,
    })
    for (const text of warnings) warn(text)
    return { side: sideOf(samples, { name: file, only: wanted }) }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const document = documentOf(error.document)
    if (document.kind === 'report') return { summary: document.report }
    if (document.kind !== 'summary') throw unfit(error.message)
    const context = { title: file, generatedAt: new Date().toISOString() }
    return { summary: toReport(document.summary, context) }
  } finally {
    progress.done()
  }
}
