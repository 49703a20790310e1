// setup, the scenarios, teardown.

import { conclude } from './conclude.ts'
import { formatDuration, parseDuration } from './durations.ts'
import { EXIT, failureOf, RunError } from './exit-codes.ts'
import type { Loaded } from './load.ts'
import type { Tags } from './messages.ts'
import { startProgress } from './progress.ts'
import { createScheduler } from './scheduler.ts'
import { textsOf } from './script-values.ts'
import type { Session } from './session.ts'
import { Pool, type Thread } from './vus.ts'

/** k6 looks at thresholds this often. */
const JUDGE = 2000
/** k6's limit for `setup` and `teardown`. */
const LIMIT = '60s'

/** @returns the exit code */
export async function test(session: Session, loaded: Loaded): Promise<number> {
  const { clock, given, host } = session
  const { functions, options, planned } = loaded
  const pool = new Pool(host)
  try {
    const halted = new Promise<void>((resolve) => {
      session.halt = resolve
    })
    await Promise.race([pool.fill(planned, () => clock.add('vusInitialized', 1)), halted])
    session.check()

    const tags = textsOf(options.tags)
    const withSetup = functions.includes('setup') && !given.noSetup && !options.noSetup
    const setup = withSetup ? session.thread('setup') : undefined
    await setup?.ready
    clock.start()
    /** What `setup` returned, as JSON. */
    let setupData: string | undefined
    if (setup !== undefined) {
      try {
        setupData = await phase(session, setup, [], tags, options.setupTimeout)
      } catch (error) {
        clock.stop()
        return await conclude(session, loaded, { failure: failureOf(error) })
      }
    }

    await runScenarios(session, loaded, pool, setupData, tags)
    if (clock.get('iterationsCompleted') === 0) {
      session.log.warning(
        'No script iterations fully finished, consider making the test duration longer',
      )
    }
    let failure = session.ended
    if (functions.includes('teardown') && !given.noTeardown && !options.noTeardown) {
      try {
        const last = session.thread('teardown')
        await phase(session, last, [setupData], tags, options.teardownTimeout)
      } catch (error) {
        if (failure === undefined) failure = failureOf(error)
        else session.log.error(failureOf(error).text)
      }
    }
    return await conclude(session, loaded, { failure, setupData })
  } finally {
    await pool.stop()
  }
}

async function runScenarios(
  session: Session,
  { registry, scenarios }: Loaded,
  pool: Pool,
  setupData: string | undefined,
  tags: Tags,
) {
  const { clock, given, log } = session
  const scheduler = createScheduler({
    scenarios,
    pool,
    board: clock,
    log,
    setupData,
    tags,
    sample: (name, value, own) => session.sample(name, value, clock.elapsed(), own),
    fail(error) {
      const { text, code } = failureOf(error)
      session.end(text, code)
    },
  })
  session.halt = () => scheduler.stop()
  if (!given.quiet) {
    session.progress = startProgress({ stream: process.stderr, board: clock, scheduler })
  }
  const everySecond = setInterval(() => {
    session.sample('vus', clock.get('vusActive'), clock.elapsed(), tags)
    session.sample('vus_max', clock.get('vusInitialized'), clock.elapsed(), tags)
  }, 1000)
  const judging = setInterval(() => {
    const { crossed, abort } = registry.judge(clock.elapsed(), false)
    if (!abort) return
    session.end(
      `thresholds on metrics '${crossed.join(', ')}' were crossed; at least one has abortOnFail enabled, stopping test prematurely`,
      EXIT.thresholdsFailed,
    )
  }, JUDGE)
  if (session.ended !== undefined) scheduler.stop()
  await scheduler.run()
  clearInterval(everySecond)
  clearInterval(judging)
  // The last messages of threads that were ended are on their way.
  await new Promise((resolve) => setImmediate(resolve))
  clock.stop()
  session.progress?.stop()
  session.progress = undefined
  await pool.stop()
}

/**
 * Runs `setup` or `teardown` in its thread, whose role is its name.
 *
 * @param timeout of the options
 * @returns what it returned, as JSON
 */
async function phase(
  session: Session,
  thread: Thread,
  args: (string | undefined)[],
  tags: Tags,
  timeout: unknown,
): Promise<string | undefined> {
  const name = thread.role
  await thread.ready
  const before = session.ended
  session.halt = () => thread.stop()
  const limit = parseDuration(timeout ?? LIMIT) ?? 0
  let late = false
  const timer = setTimeout(() => {
    late = true
    thread.stop()
  }, limit)
  const outcome = await thread.run({ fn: name, args, tags, group: `::${name}` })
  clearTimeout(timer)
  await thread.stop()
  if (outcome.interrupted) {
    // What it had sent is not known any more; k6 has the metrics all the same.
    for (const metric of ['data_sent', 'data_received']) {
      session.sample(metric, 0, session.clock.elapsed(), { ...tags, group: `::${name}` })
    }
  }
  if (outcome.error !== undefined) throw new RunError(outcome.error, EXIT.scriptException)
  if (late) {
    throw new RunError(
      `${name}() execution timed out after ${formatDuration(limit)} (${name}Timeout)`,
      name === 'setup' ? EXIT.setupTimeout : EXIT.teardownTimeout,
    )
  }
  if (outcome.interrupted && session.ended !== before) session.check()
  return typeof outcome.result === 'string' ? outcome.result : undefined
}
