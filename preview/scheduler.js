// Runs the scenarios, each by its executor, and ends them.
import { EXECUTORS } from './executors/index.js'
import { tooMany } from './vus.js'

/**
 * @param {object} run
 * @param {import('./scenarios.js').Scenario[]} run.scenarios
 * @param {import('./vus.js').Pool} run.pool
 * @param {ReturnType<import('./board.js').boardOf>} run.board
 * @param {import('./log.js').Log} run.log
 * @param {string | undefined} run.setupData JSON
 * @param {Record<string, string>} run.tags of the whole test
 * @param {(metric: string, value: number, tags: Record<string, string>) => void} run.sample
 * @param {(error: unknown) => void} run.fail ends the run
 */
export function createScheduler(run) {
  const { board, log, pool, scenarios } = run
  const stops = new AbortController()
  const parts = scenarios.map(partOf)

  /** @param {Part} part */
  async function runOne(part) {
    const { scenario } = part
    await wait(scenario.startTime, stops.signal)
    if (stops.signal.aborted) return
    part.began = board.elapsed()
    const startTime = Date.now()
    // Their VUs are active while they iterate, the others' all the time.
    const arrival = scenario.executor.endsWith('arrival-rate')
    const now = () => board.elapsed() - part.began
    const over = () => stops.signal.aborted || now() >= scenario.duration
    let warned = false
    const work = EXECUTORS[scenario.executor]?.({
      scenario,
      now,
      over,
      until: (ms) => wait(ms - now(), stops.signal),
      acquire() {
        const vu = pool.acquire()
        if (vu !== undefined && !arrival) board.add('vusActive', 1)
        return vu
      },
      release(vu) {
        if (!arrival) board.add('vusActive', -1)
        pool.release(vu)
      },
      stopped: () => stops.signal.aborted,
      async iterate(vu) {
        if (arrival) board.add('vusActive', 1)
        await iterate(part, vu, startTime)
        if (arrival) board.add('vusActive', -1)
      },
      async unplanned() {
        try {
          const vu = await pool.add()
          pool.free.splice(pool.free.indexOf(vu), 1)
          board.add('vusInitialized', 1)
          return vu
        } catch (error) {
          run.fail(error)
          throw error
        }
      },
      short: () => run.fail(tooMany(pool.all.length + 1)),
      drop(vus) {
        run.sample('dropped_iterations', 1, tagsOf(scenario))
        if (warned || vus < scenario.maxVUs) return
        warned = true
        log.warning(`Insufficient VUs, reached ${vus} active VUs and cannot initialize more`, {
          executor: scenario.executor,
          scenario: scenario.name,
        })
      },
    })
    const last = new AbortController()
    const cut = wait(
      scenario.duration + scenario.gracefulStop,
      anyOf(stops.signal, last.signal),
    ).then(() => Promise.all([...part.busy].map((vu) => vu.interrupt())))
    await work
    part.done = true
    last.abort()
    await cut
  }

  /**
   * @param {Part} part
   * @param {import('./vus.js').Vu} vu
   * @param {number} startTime
   */
  async function iterate(part, vu, startTime) {
    const { index, scenario } = part
    const inTest = part.started++
    part.busy.add(vu)
    const outcome = await vu.run(
      (counts) => ({
        fn: scenario.exec,
        args: [run.setupData],
        env: scenario.env,
        tags: tagsOf(scenario),
        iteration: {
          scenario: scenario.name,
          executor: scenario.executor,
          index,
          startTime,
          duration: scenario.iterations > 0 ? 0 : scenario.duration,
          total: totalOf(scenario),
          inTest,
          ...counts,
        },
      }),
      scenario.name,
    )
    part.busy.delete(vu)
    if (outcome.interrupted) {
      board.add('iterationsInterrupted', 1)
      return
    }
    part.completed++
    if (outcome.error !== undefined) {
      log.error(outcome.error, {
        executor: scenario.executor,
        hint: 'script exception',
        scenario: scenario.name,
        source: 'stacktrace',
      })
    }
  }

  /** @param {import('./scenarios.js').Scenario} scenario */
  const tagsOf = (scenario) => ({ ...run.tags, ...scenario.tags, scenario: scenario.name })

  return {
    parts,
    /** Runs them all. */
    run: () => Promise.all(parts.map(runOne)),
    /** Starts no more iterations and cuts those that run. */
    stop() {
      stops.abort()
    },
  }
}

/**
 * A scenario that runs.
 *
 * @typedef {ReturnType<typeof partOf>} Part
 */

/**
 * @param {import('./scenarios.js').Scenario} scenario
 * @param {number} index on the board
 */
const partOf = (scenario, index) => ({
  scenario,
  index,
  /** ms since the start of the run; -1 before it has begun */
  began: -1,
  started: 0,
  completed: 0,
  done: false,
  /** What runs an iteration now. @type {Set<import('./vus.js').Vu>} */
  busy: new Set(),
})

/** @param {import('./scenarios.js').Scenario} scenario */
export function totalOf(scenario) {
  if (scenario.iterations === 0) return 0
  return scenario.iterations * (scenario.executor === 'per-vu-iterations' ? scenario.vus : 1)
}

/**
 * Resolves after a time, or when the signal is given.
 *
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(ms, signal) {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

/**
 * @param {AbortSignal[]} signals
 */
const anyOf = (...signals) => AbortSignal.any(signals)
