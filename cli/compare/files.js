import { CommandError, EXIT } from '../command.js'
import { loadReports } from '../report-module.js'
import { documentKind } from '../samples/detect.js'
import { showProgress } from '../samples/progress.js'
import { readSamples, UnreadableFile } from '../samples/read.js'
import { compareSides, overall } from './compare.js'
import { sideOf } from './side.js'
import { compareSummaries } from './summaries.js'

/** @import { Report } from '../../src/report.ts' */
/** @import { Comparison } from './render.js' */
/** @import { Side } from './side.js' */

/**
 * @param {string} base
 * @param {string} other
 * @param {{ threshold(metric: string, kind: 'relative' | 'share'): number, only: string[],
 *   seed: number, warn(text: string): void }} options
 * @returns {Promise<Comparison>}
 */
export async function compareFiles(base, other, { threshold, only, seed, warn }) {
  const wanted = tagsOf(only)
  const reports = await loadReports()
  const read = (/** @type {string} */ file) => readSide(file, { reports, wanted, warn })
  const [a, b] = [await read(base), await read(other)]
  /** @type {string[]} */
  const notes = []
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

/** @param {string} message */
const unfit = (message) => new CommandError(message, EXIT.wrongUse)

/** @param {string[]} texts @returns {Record<string, string>} */
function tagsOf(texts) {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=')
      if (equals <= 0) throw unfit(`--only ${text}: expected TAG=VALUE, like model=llama3`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}

/**
 * @param {string} file
 * @param {{ reports: typeof import('../../src/report.ts'), wanted: Record<string, string>,
 *   warn(text: string): void }} how
 * @returns {Promise<{ side: Side } | { summary: Report }>}
 */
async function readSide(file, { reports, wanted, warn }) {
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
    if (kind === 'report') return { summary: /** @type {Report} */ (error.document) }
    if (kind === 'summary') {
      const context = { title: file, generatedAt: new Date().toISOString() }
      return { summary: reports.toReport(error.document, context) }
    }
    throw unfit(error.message)
  } finally {
    progress.done()
  }
}
