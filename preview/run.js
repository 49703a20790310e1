// A whole run, from the script to the exit code.
import { writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { boardOf, createBoard } from './board.js'
import { bundle } from './bundle.js'
import { formatDuration, parseDuration } from './durations.js'
import { EXIT, RunError } from './exit-codes.js'
import { createLog } from './log.js'
import { createChecks } from './metrics/checks.js'
import { createJsonOutput } from './metrics/json-output.js'
import { createRegistry } from './metrics/registry.js'
import { consolidate, readScenarios } from './options.js'
import { startProgress } from './progress.js'
import { fit, longest, plannedVus } from './scenarios.js'
import { createScheduler } from './scheduler.js'
import { summaryData, summaryExport } from './summary.js'
import { summaryText } from './summary-text.js'
import { MOST_VUS, Pool, Thread, tooMany } from './vus.js'

/** k6 looks at thresholds this often. */
const JUDGE = 2000
const SETUP_TIMEOUT = 60_000
const SUMMARY_TIMEOUT = 120_000

/**
 * @typedef {object} RunOptions all may be left out
 * @property {Record<string, string>} [env] `-e NAME=value`, over the process's own variables
 * @property {Record<string, any>} [options] over what the script exports, in k6's names: `vus`,
 *   `duration`, `iterations`, `stages`, `tags`, `setupTimeout` …
 * @property {string[]} [out] `json=FILE`: every sample as a line
 * @property {string} [summaryExport] a file for the summary as JSON
 * @property {boolean} [noSummary]
 * @property {boolean} [noSetup]
 * @property {boolean} [noTeardown]
 * @property {boolean} [noThresholds]
 * @property {boolean} [quiet] no progress, no banner
 * @property {boolean} [verbose] the log's debug lines too
 * @property {boolean} [noColor]
 * @property {'text' | 'raw' | 'json'} [logFormat]
 * @property {string} [consoleOutput] a file for what the script writes by `console`
 * @property {boolean} [signals] whether Ctrl-C ends the test in good order. @default true
 */

/**
 * Runs a k6 script in Node: a preview, for machines without k6. Writes what k6 writes, to stdout
 * (summary) and stderr (log, progress).
 *
 * Never rejects for what a script or its options do wrong: that is logged, and the exit code tells
 * it, in k6's numbers: 0, 99 thresholds crossed, 104 options, 105 Ctrl-C, 107 exception,
 * 108 test.abort (exit-codes.js has all). When it resolves, no thread, port or temporary file is
 * left. One run at a time: it uses the process's signals and standard streams.
 *
 * @param {string} path the script
 * @param {RunOptions} [given]
 * @returns {Promise<number>} the exit code
 */
export async function runScript(path, given = {}) {
  /** @type {ReturnType<typeof startProgress> | undefined} */
  let progress
  const noColor = given.noColor === true || Boolean(process.env.NO_COLOR)
  const log = createLog({
    stream: process.stderr,
    format: given.logFormat,
    color: !noColor,
    verbose: given.verbose,
    consoleOutput: given.consoleOutput,
    before: () => progress?.clear(),
  })
  const board = createBoard()
  const clock = boardOf(board)
  const io = new Worker(new URL('./io/thread.js', import.meta.url), { workerData: { board } })
  /** Why the run ends before its time. @type {{ text: string, code: number } | undefined} */
  let ended
  /** @type {string | undefined} */
  let marked
  /** @type {(() => void)[]} */
  const cleanup = []
  /** @type {Set<Thread>} */
  const threads = new Set()
  /** Called when the run is ended early. @type {() => void} */
  let halt = () => {}
  const end = (/** @type {string} */ text, /** @type {number} */ code) => {
    if (ended !== undefined) return
    ended = { text, code }
    halt()
  }

  let interrupts = 0
  const onSignal = (/** @type {string} */ signal) => {
    interrupts++
    if (interrupts > 1) {
      process.exit(EXIT.externalAbort)
    }
    const name = signal === 'SIGINT' ? 'interrupt' : 'terminated'
    end(`test run was aborted because k6 received a '${name}' signal`, EXIT.externalAbort)
  }
  const onExit = () => {
    for (const task of cleanup) task()
  }
  process.once('exit', onExit) // also where an error of a closed pipe ends the process
  if (given.signals !== false) {
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  }

  /** @type {(name: string, value: number, time: number, tags: Record<string, string>) => void} */
  let sample = () => {}
  /** @type {import('./vus.js').Host} */
  const host = {
    io,
    board,
    bundle: '',
    directory: dirname(resolve(path)),
    env: /** @type {Record<string, string>} */ ({ ...process.env, ...given.env }),
    options: null,
    shared: new Map(),
    receive(message, thread) {
      if (message.kind === 'log') log.write(message.level, message.text, message.fields)
      else if (message.kind === 'fail') marked ??= message.text
      else if (message.kind === 'samples') {
        const { batch } = message
        for (let i = 0; i < batch.length; i += 4) {
          sample(batch[i], batch[i + 1], batch[i + 2], batch[i + 3])
        }
      } else if (message.kind === 'abort') {
        end(message.text, EXIT.scriptAborted)
        thread.stop()
      }
    },
  }
  /** @param {'init' | 'setup' | 'teardown' | 'summary'} role */
  const thread = (role) => {
    const made = new Thread(host, role, 0)
    threads.add(made)
    return made
  }

  try {
    const code = await run()
    return code
  } catch (error) {
    const { code = EXIT.failed } = /** @type {RunError} */ (error)
    const text =
      error instanceof RunError ? error.message : String(/** @type {Error} */ (error).stack)
    log.error(text)
    return code
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    await Promise.all([...threads].map((one) => one.stop()))
    process.off('exit', onExit)
    onExit()
    await io.terminate()
    log.close()
  }

  async function run() {
    const script = await bundle(path, (text) => log.warning(text))
    cleanup.push(script.remove)
    host.bundle = script.url
    const first = thread('init')
    let found
    try {
      found = await first.ready
    } catch (error) {
      if (ended !== undefined) throw new RunError(ended.text, ended.code)
      throw error
    }
    await first.stop()
    host.shared = new Map(found.arrays)
    const options = consolidate(
      found.options === undefined ? {} : JSON.parse(found.options),
      given.options ?? {},
      process.env,
      (text) => log.warning(text),
    )
    host.options = options
    const scenarios = readScenarios(options, found.exports)
    const registry = createRegistry(
      given.noThresholds ? {} : (options.thresholds ?? {}),
      found.metrics,
    )
    const text = banner(path, scenarios, given.out)
    for (const { name, vus, fewer } of fit(scenarios, MOST_VUS)) {
      log.info(
        `scenario ${name}: ${vus} VUs stand ready, not ${vus + fewer}: the preview has ${MOST_VUS} at most`,
      )
    }
    const planned = plannedVus(scenarios)
    if (planned > MOST_VUS) throw tooMany(planned)
    const checks = createChecks()
    /** @type {ReturnType<typeof createJsonOutput>[]} */
    const outputs = (given.out ?? []).map((text) => {
      const file = /^json=(.+)$/.exec(text)?.[1]
      if (file === undefined) {
        throw new RunError(`--out ${text}: the preview has json=FILE only`, EXIT.invalidConfig)
      }
      return createJsonOutput(file, clock.startedAt)
    })
    cleanup.push(() => {
      for (const output of outputs.splice(0)) output.close()
    })
    registry.tee((metric, value, time, tags) => {
      for (const output of outputs) output.sample(metric, value, time, tags)
    })
    sample = (name, value, time, tags) => {
      registry.sample(name, value, time, tags)
      checks.sample(name, value, tags)
    }
    if (!given.quiet) process.stdout.write(text)

    const pool = new Pool(host)
    try {
      await Promise.race([
        pool.fill(planned, (made) => {
          clock.add('vusInitialized', 1)
          log.debug(`VU ${made} of ${planned} is ready`)
        }),
        new Promise((resolve) => {
          halt = () => resolve(undefined)
        }),
      ])
      if (ended !== undefined)
        throw new RunError(/** @type {any} */ (ended).text, /** @type {any} */ (ended).code)
      return await test({ options, scenarios, registry, checks, pool, functions: found.exports })
    } finally {
      await pool.stop()
    }
  }

  /**
   * setup, scenarios, teardown, verdict, summary.
   *
   * @param {object} test
   * @param {Record<string, any>} test.options
   * @param {import('./scenarios.js').Scenario[]} test.scenarios
   * @param {import('./metrics/registry.js').Registry} test.registry
   * @param {ReturnType<typeof createChecks>} test.checks
   * @param {Pool} test.pool
   * @param {string[]} test.functions
   */
  async function test({ options, scenarios, registry, checks, pool, functions }) {
    const withSetup = functions.includes('setup') && !given.noSetup && !options.noSetup
    const setup = withSetup ? thread('setup') : undefined
    await setup?.ready
    clock.start()
    const tags = Object.fromEntries(
      Object.entries(options.tags ?? {}).map(([name, value]) => [name, String(value)]),
    )
    /** @type {string | undefined} */
    let setupData
    if (setup !== undefined) {
      const limit = parseDuration(options.setupTimeout ?? undefined) ?? SETUP_TIMEOUT
      try {
        setupData = await phase(setup, 'setup', [], tags, limit, EXIT.setupTimeout)
      } catch (error) {
        const { message, code = EXIT.failed } = /** @type {RunError} */ (error)
        clock.stop()
        return conclude({ text: message, code })
      }
    }

    const scheduler = createScheduler({
      scenarios,
      pool,
      board: clock,
      log,
      setupData,
      tags,
      sample: (name, value, own) => sample(name, value, clock.elapsed(), own),
      fail: (error) => {
        const { message, code = EXIT.failed } = /** @type {RunError} */ (error)
        end(message, code)
      },
    })
    halt = () => scheduler.stop()
    if (!given.quiet) {
      progress = startProgress({ stream: process.stderr, board: clock, scheduler })
    }
    const vus = () => {
      sample('vus', clock.get('vusActive'), clock.elapsed(), tags)
      sample('vus_max', clock.get('vusInitialized'), clock.elapsed(), tags)
    }
    const everySecond = setInterval(vus, 1000)
    const judging = setInterval(() => {
      const { crossed, abort } = registry.judge(clock.elapsed(), false)
      if (abort)
        end(
          `thresholds on metrics '${crossed.join(', ')}' were crossed; at least one has abortOnFail enabled, stopping test prematurely`,
          EXIT.thresholdsFailed,
        )
    }, JUDGE)
    if (ended !== undefined) scheduler.stop()
    await scheduler.run()
    clearInterval(everySecond)
    clearInterval(judging)
    // The last messages of threads that were ended are on their way.
    await new Promise((resolve) => setImmediate(resolve))
    clock.stop()
    progress?.stop()
    progress = undefined
    await pool.stop()

    if (clock.get('iterationsCompleted') === 0) {
      log.warning('No script iterations fully finished, consider making the test duration longer')
    }
    let failure = ended
    if (functions.includes('teardown') && !given.noTeardown && !options.noTeardown) {
      const limit = parseDuration(options.teardownTimeout ?? undefined) ?? SETUP_TIMEOUT
      try {
        await phase(thread('teardown'), 'teardown', [setupData], tags, limit, EXIT.teardownTimeout)
      } catch (error) {
        const { message, code = EXIT.failed } = /** @type {RunError} */ (error)
        if (failure === undefined) failure = { text: message, code }
        else log.error(message)
      }
    }

    return conclude(failure)

    /**
     * The summary, and the code that the run ends with.
     *
     * @param {{ text: string, code: number } | undefined} failure
     */
    async function conclude(failure) {
      const duration = clock.elapsed()
      const { crossed } = registry.judge(duration, true)
      const data = summaryData({
        registry,
        checks: checks.root,
        options,
        duration,
        setupData,
        noColor,
      })
      await summarize(data, functions)
      let why = failure
      if (why === undefined && crossed.length > 0) {
        const names = crossed.join(', ')
        why = {
          text: `thresholds on metrics '${names}' have been crossed`,
          code: EXIT.thresholdsFailed,
        }
      }
      if (why === undefined && marked !== undefined) {
        why = { text: `test run was marked as failed: ${marked}`, code: EXIT.markedAsFailed }
      }
      if (why === undefined) return EXIT.ok
      log.error(why.text)
      return why.code
    }
  }

  /**
   * Runs `setup` or `teardown` in a thread of its own.
   *
   * @param {Thread} one
   * @param {'setup' | 'teardown'} name
   * @param {(string | undefined)[]} args
   * @param {Record<string, string>} tags
   * @param {number} limit ms
   * @param {number} timeoutCode
   * @returns {Promise<string | undefined>} what it returned, as JSON
   */
  async function phase(one, name, args, tags, limit, timeoutCode) {
    await one.ready
    const before = ended
    halt = () => one.stop()
    if (name === 'setup' && ended !== undefined) one.stop()
    const timer = setTimeout(() => {
      end(
        `${name}() execution timed out after ${formatDuration(limit)} (${name}Timeout)`,
        timeoutCode,
      )
      one.stop()
    }, limit)
    const outcome = await one.run({ fn: name, args, tags, group: `::${name}` })
    clearTimeout(timer)
    await one.stop()
    if (outcome.interrupted) {
      // What it had sent is not known any more; k6 has the metrics all the same.
      for (const metric of ['data_sent', 'data_received']) {
        sample(metric, 0, clock.elapsed(), { ...tags, group: `::${name}` })
      }
    }
    if (outcome.error !== undefined) throw new RunError(outcome.error, EXIT.scriptException)
    if (outcome.interrupted && ended !== before) {
      throw new RunError(/** @type {any} */ (ended).text, /** @type {any} */ (ended).code)
    }
    return outcome.result
  }

  /**
   * @param {ReturnType<typeof summaryData>} data
   * @param {string[]} functions
   */
  async function summarize(data, functions) {
    if (given.summaryExport !== undefined) {
      writeFileSync(given.summaryExport, JSON.stringify(summaryExport(data), null, 4))
    }
    if (given.noSummary) return
    if (functions.includes('handleSummary')) {
      const one = thread('summary')
      await one.ready
      const timer = setTimeout(() => one.stop(), SUMMARY_TIMEOUT)
      const outcome = await one.run({
        fn: 'handleSummary',
        args: [JSON.stringify(data)],
        tags: {},
        raw: true,
      })
      clearTimeout(timer)
      await one.stop()
      if (outcome.error === undefined && !outcome.interrupted) {
        writeAll(outcome.result)
        return
      }
      log.error(`handleSummary(): ${outcome.error ?? 'it did not end in time'}`)
    }
    process.stdout.write(`${summaryText(data)}\n${NOTE}\n`)
  }

  /** @param {Record<string, string | ArrayBuffer> | undefined} files */
  function writeAll(files) {
    for (const [target, content] of Object.entries(files ?? {})) {
      const bytes = typeof content === 'string' ? content : new Uint8Array(content)
      if (target === 'stdout') process.stdout.write(bytes)
      else if (target === 'stderr') process.stderr.write(bytes)
      else {
        try {
          writeFileSync(target, bytes)
        } catch (error) {
          log.error(`failed to write ${target}: ${/** @type {Error} */ (error).message}`)
        }
      }
    }
    process.stdout.write(`${NOTE}\n`)
  }
}

const NOTE =
  'Preview in Node, not k6: these figures show that the script works; they are no benchmark.'

/**
 * @param {string} path
 * @param {import('./scenarios.js').Scenario[]} scenarios
 * @param {string[]} [out]
 */
function banner(path, scenarios, out) {
  const lines = [
    '',
    'k6-llm preview: this script runs in Node, without k6. For a benchmark run it with k6.',
    `  script: ${path}`,
    ...(out?.length ? [`  output: ${out.join(', ')}`] : []),
    `  scenarios: ${scenarios.length}, ${plannedVus(scenarios, 'maxVUs')} max VUs, ${formatDuration(longest(scenarios))} max duration (incl. graceful stop)`,
    ...scenarios.map(({ name, text }) => `    * ${name}: ${text}`),
    '',
    '',
  ]
  return lines.join('\n')
}
