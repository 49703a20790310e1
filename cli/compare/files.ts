import type { Report } from '#node'
import * as reports from '#node'
import { CommandError, EXIT } from '../command.ts'
import { documentKind } from '../samples/detect.ts'
import { showProgress } from '../samples/progress.ts'
import { readSamples, UnreadableFile } from '../samples/read.ts'
import { compareSides, overall } from './compare.ts'
import type { Comparison } from './render.ts'
import type { Side } from './side.ts'
import { sideOf } from './side.ts'
import { compareSummaries } from './summaries.ts'

export async function compareFiles(
  base: string,
  other: string,
  {
    threshold,
    only,
    seed,
    warn,
  }: {
    threshold(metric: string, kind: 'relative' | 'share'): number
    only: string[]
    seed: number
    warn(text: string): void
  },
): Promise<Comparison> {
  const wanted = tagsOf(only)
  const read = (file: string) => readSide(file, { reports, wanted, warn })
  const [a, b] = [await read(base), await read(other)]
  const notes: string[] = []
  let rows
  if ('summary' in a && 'summary' in b) {
    if (only.length > 0) throw unfit('--only needs samples, and these are summaries')
    rows = compareSummaries(a.summary, b.summary, { threshold })
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

function tagsOf(texts: string[]): Record<string, string> {
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
  {
    reports,
    wanted,
    warn,
  }: {
    reports: typeof import('../../src/node.ts')
    wanted: Record<string, string>
    warn(text: string): void
  },
): Promise<{ side: Side } | { summary: Report }> {
  const progress = showProgress()
  try {
    const { samples, warnings } = await readSamples([file], {
      table: reports.METRICS,
      by: Object.keys(wanted),
      onProgress: progress.onProgress,
    })
    warnings.forEach(warn)
    return { side: sideOf(samples, { name: file, only: wanted }) }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const kind = documentKind(error.document)
    if (kind === 'report') return { summary: error.document as Report }
    if (kind === 'summary') {
      const context = { title: file, generatedAt: new Date().toISOString() }
      return { summary: reports.toReport(error.document, context) }
    }
    throw unfit(error.message)
  } finally {
    progress.done()
  }
}
