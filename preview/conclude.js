// The summary, and the code that the run ends with.
import { writeFileSync } from 'node:fs'
import { EXIT } from './exit-codes.js'
import { summaryData, summaryExport } from './summary.js'
import { summaryText } from './summary-text.js'

/** @typedef {import('./session.js').Session} Session */

/** k6's limit for `handleSummary`. */
const LIMIT = 120_000
const NOTE =
  'Preview in Node, not k6: these figures show that the script works; they are no benchmark.'

/**
 * @param {Session} session
 * @param {import('./load.js').Loaded} loaded
 * @param {{ failure?: { text: string, code: number }, setupData?: string }} so far
 * @returns {Promise<number>}
 */
export async function conclude(session, loaded, { failure, setupData }) {
  const { clock, given, log, noColor } = session
  const { checks, functions, options, registry } = loaded
  const duration = clock.elapsed()
  const { crossed } = registry.judge(duration, true)
  const data = summaryData({ registry, checks, options, duration, setupData, noColor })
  if (given.summaryExport !== undefined) {
    writeFileSync(given.summaryExport, JSON.stringify(summaryExport(data), null, 4))
  }
  if (!given.noSummary) {
    const own = functions.includes('handleSummary') && (await handleSummary(session, data))
    process.stdout.write(own ? `${NOTE}\n` : `${summaryText(data)}\n${NOTE}\n`)
  }
  const why = failure ?? verdict(crossed, session.marked)
  if (why === undefined) return EXIT.ok
  log.error(why.text)
  return why.code
}

/**
 * @param {string[]} crossed
 * @param {string | undefined} marked
 */
function verdict(crossed, marked) {
  if (crossed.length > 0) {
    const text = `thresholds on metrics '${crossed.join(', ')}' have been crossed`
    return { text, code: EXIT.thresholdsFailed }
  }
  if (marked === undefined) return undefined
  return { text: `test run was marked as failed: ${marked}`, code: EXIT.markedAsFailed }
}

/**
 * @param {Session} session
 * @param {object} data
 * @returns {Promise<boolean>} false where k6's own summary has to do
 */
async function handleSummary(session, data) {
  const thread = session.thread('summary')
  await thread.ready
  const timer = setTimeout(() => thread.stop(), LIMIT)
  session.halt = () => {}
  const args = [JSON.stringify(data)]
  const outcome = await thread.run({ fn: 'handleSummary', args, tags: {}, raw: true })
  clearTimeout(timer)
  await thread.stop()
  if (outcome.error !== undefined || outcome.interrupted) {
    session.log.error(`handleSummary(): ${outcome.error ?? 'it did not end in time'}`)
    return false
  }
  for (const [target, content] of Object.entries(outcome.result ?? {})) {
    write(session, target, typeof content === 'string' ? content : new Uint8Array(content))
  }
  return true
}

/**
 * @param {Session} session
 * @param {string} target
 * @param {string | Uint8Array} content
 */
function write({ log }, target, content) {
  if (target === 'stdout') process.stdout.write(content)
  else if (target === 'stderr') process.stderr.write(content)
  else {
    try {
      writeFileSync(target, content)
    } catch (error) {
      log.error(`failed to write ${target}: ${/** @type {Error} */ (error).message}`)
    }
  }
}
