// The summary, and the code that the run ends with.

import { writeFileSync } from 'node:fs'
import { toBytes } from './bytes.ts'
import { EXIT, type Failure } from './exit-codes.ts'
import type { Loaded } from './load.ts'
import { fieldsOf, messageOf } from './script-values.ts'
import type { Session } from './session.ts'
import { type SummaryData, summaryData, summaryExport } from './summary.ts'
import { summaryText } from './summary-text.ts'

/** k6's limit for `handleSummary`. */
const LIMIT = 120_000
const NOTE =
  'Preview in Node, not k6: these figures show that the script works; they are no benchmark.'

/** What the run came to before its figures are looked at. */
interface SoFar {
  failure?: Failure
  /** JSON */
  setupData?: string
}

/** @returns the exit code */
export async function conclude(
  session: Session,
  loaded: Loaded,
  { failure, setupData }: SoFar,
): Promise<number> {
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

function verdict(crossed: string[], marked: string | undefined): Failure | undefined {
  if (crossed.length > 0) {
    const text = `thresholds on metrics '${crossed.join(', ')}' have been crossed`
    return { text, code: EXIT.thresholdsFailed }
  }
  if (marked === undefined) return undefined
  return { text: `test run was marked as failed: ${marked}`, code: EXIT.markedAsFailed }
}

/** @returns false where k6's own summary has to do */
async function handleSummary(session: Session, data: SummaryData): Promise<boolean> {
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
  for (const [target, content] of Object.entries(fieldsOf(outcome.result))) {
    write(session, target, toBytes(content) ?? new Uint8Array())
  }
  return true
}

function write({ log }: Session, target: string, content: Uint8Array) {
  if (target === 'stdout') process.stdout.write(content)
  else if (target === 'stderr') process.stderr.write(content)
  else {
    try {
      writeFileSync(target, content)
    } catch (error) {
      log.error(`failed to write ${target}: ${messageOf(error)}`)
    }
  }
}
