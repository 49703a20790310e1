// Runs the scenarios, each by its executor, and ends them.

import type { Board } from './board.ts'
import { EXECUTORS } from './executors/index.ts'
import type { Log } from './log.ts'
import type { Tags } from './messages.ts'
import type { Scenario } from './scenarios.ts'
import { type Pool, tooMany, type Vu } from './vus.ts'

/** What the scenarios run with. */
interface Means {
  scenarios: Scenario[]
  pool: Pool
  board: Board
  log: Log
  /** JSON */
  setupData: string | undefined
  /** of the whole test */
  tags: Tags
  sample: (metric: string, value: number, tags: Tags) => void
  /** ends the run */
  fail: (error: unknown) => void
}

/** A scenario that runs. */
interface Part {
  scenario: Scenario
  /** on the board */
  index: number
  /** ms since the start of the run; -1 before it has begun */
  began: number
  started: number
  completed: number
  done: boolean
  /** what runs an iteration now */
  busy: Set<Vu>
}

export interface Scheduler {
  parts: Part[]
  /** runs them all */
  run(): Promise<unknown>
  /** starts no more iterations and cuts those that run */
  stop(): void
}

export function createScheduler(run: Means): Scheduler {
  const { board, log, pool, scenarios } = run
  const stops = new AbortController()
  const parts = scenarios.map(partOf)

  async function runOne(part: Part) {
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

  async function iterate(part: Part, vu: Vu, startTime: number) {
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

  const tagsOf = (scenario: Scenario) => ({
    ...run.tags,
    ...scenario.tags,
    scenario: scenario.name,
  })

  return {
    parts,
    run: () => Promise.all(parts.map(runOne)),
    stop() {
      stops.abort()
    },
  }
}

const partOf = (scenario: Scenario, index: number): Part => ({
  scenario,
  index,
  began: -1,
  started: 0,
  completed: 0,
  done: false,
  busy: new Set(),
})

export function totalOf(scenario: Scenario) {
  if (scenario.iterations === 0) return 0
  return scenario.iterations * (scenario.executor === 'per-vu-iterations' ? scenario.vus : 1)
}

/** Resolves after a time, or when the signal is given. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
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

const anyOf = (...signals: AbortSignal[]) => AbortSignal.any(signals)
