import type { K6 } from '../cli/find-k6.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { memory, runK6, startServer } from './processes.ts'
import { median } from './stats.ts'

interface Weight {
  /** KB of memory at most up to the point where all VUs are at rest (VmHWM) */
  rss: number
  /** MB that a collection of Go left over at that point */
  live: number
  /** ms from the start of k6 to the script's setup() */
  start: number
  /** ms from the first VU's end of init to the last one's */
  init: number
}

async function weigh(
  k6: K6,
  script: string,
  vus: number,
  env: Record<string, string>,
): Promise<Weight> {
  const startedAt = performance.now()
  let [rss, start, first, last] = [0, 0, 0, 0]
  const { lines } = await runK6(k6, script, {
    vus,
    env: { ...env, GARBAGE: k6.name === 'k6-0.47' ? 4000 : 1500 },
    process: { GODEBUG: 'gctrace=1' },
    onLine(line, pid) {
      if (line === 'bench-vu') {
        last = performance.now()
        first = first || last
      } else if (line === 'bench-ready') start = performance.now() - startedAt
      else if (line === 'bench-weigh') rss = memory(pid, 'VmHWM')
    },
  })
  const from = lines.indexOf('bench-weigh')
  if (from === -1) throw new Error(`${script}: its VUs did not come to rest`)
  return { rss, live: liveHeap(lines.slice(from)), start, init: last - first }
}

/**
 * The least that a collection left over, in MB. A traced line of Go ends as in
 * `… 86->124->105 MB, 101 MB goal, …`: heap at its start, at its end, and what was live.
 */
export function liveHeap(lines: string[]) {
  const live = lines.flatMap((line) => {
    const match = /^gc \d+ .* \d+->\d+->(\d+) MB, /.exec(line)
    return match ? [Number(match[1])] : []
  })
  if (live.length === 0) throw new Error('no collection was traced')
  return Math.min(...live)
}

/** A figure with one VU and with many. */
interface Pair {
  one: number
  many: number
}

/** What one VU more costs, the empty script's taken off. */
export function perVu(script: Pair, empty: Pair, vus: number): number {
  return (script.many - script.one - (empty.many - empty.one)) / (vus - 1)
}

interface Plan {
  k6: K6
  scripts: Record<string, { script: string; env: Record<string, string> }>
  sizes: number[]
  rounds: number
}

async function measure({ k6, scripts, sizes, rounds }: Plan, say: Bench['say']) {
  const found = new Map<string, Weight[]>()
  for (let round = 0; round < rounds; round++) {
    for (const vus of sizes) {
      for (const [name, { script, env }] of Object.entries(scripts)) {
        const weight = await weigh(k6, script, vus, env)
        found.set(`${name} ${vus}`, [...(found.get(`${name} ${vus}`) ?? []), weight])
        say(
          `${k6.name}, ${vus} VUs, ${name}: ${show(weight.rss / 1000, 'MB')}, live ${weight.live} MB`,
        )
      }
    }
  }
  const middle = (name: string, vus: number, field: keyof Weight) =>
    median((found.get(`${name} ${vus}`) ?? []).map((weight) => weight[field]))
  return {
    each: (name: string, vus: number, field: keyof Weight) =>
      perVu(
        { one: middle(name, 1, field), many: middle(name, vus, field) },
        { one: middle('empty', 1, field), many: middle('empty', vus, field) },
        vus,
      ),
    middle,
    values: Object.fromEntries(found),
  }
}

export async function run({ quick, newest, oldest, say }: Bench): Promise<Line[]> {
  const server = await startServer('bench/server.ts')
  const relay = await startServer('dist/relay/main.js', '--port', '0', '--allow', server.url)
  const env = { URL: server.url }
  const byRelay = { script: 'vu.js', env: { ...env, SEND: 'yes', LLM_RELAY: relay.url } }
  const empty = { script: 'empty.js', env }
  try {
    const ofNewest = newest && {
      k6: newest,
      scripts: {
        empty,
        'library loaded': { script: 'vu-sse.js', env: { ...env, SEND: 'no' } },
        'one answer by the relay': byRelay,
        'one answer by k6/x/sse': { script: 'vu-sse.js', env: { ...env, SEND: 'yes' } },
        'bare handler': { script: 'vu-bare.js', env },
      },
      sizes: quick ? [1, 50] : [1, 50, 200],
      rounds: quick ? 1 : 2,
    }
    const ofOldest = oldest && {
      k6: oldest,
      scripts: { empty, 'one answer by the relay': byRelay },
      sizes: quick ? [1, 50] : [1, 50, 200],
      rounds: 1,
    }
    return [
      ...(ofNewest
        ? await lines(ofNewest, { memory: 300, init: 1.5 }, say)
        : [notMeasured('memory and init of a VU', 'k6-2.2-sse')]),
      ...(ofOldest
        ? await lines(ofOldest, { memory: 700, init: 10 }, say)
        : [notMeasured('memory and init of a VU', 'k6-0.47')]),
    ]
  } finally {
    await relay.stop()
    await server.stop()
  }
}

interface Budget {
  /** KB that are live; the RSS has garbage in it too, on 0.47 that of the compiler above all */
  memory: number
  /** ms */
  init: number
}

async function lines(plan: Plan, budget: Budget, say: Bench['say']): Promise<Line[]> {
  const { k6, scripts, sizes } = plan
  const { each, middle, values } = await measure(plan, say)
  const names = Object.keys(scripts).filter((name) => name !== 'empty')
  const [first = ''] = names
  const kB = (name: string, vus: number) => ({
    rss: each(name, vus, 'rss'),
    live: each(name, vus, 'live') * 1000,
  })
  const rows: Line[] = []
  for (const vus of sizes.filter((size) => size > 1)) {
    for (const name of names) {
      const cost = kB(name, vus)
      const judged = name !== 'bare handler'
      rows.push({
        what: `memory per VU, ${name}, ${vus} VUs (${k6.name})`,
        figure: `live ${show(cost.live, 'KB', 0)}, RSS + ${show(cost.rss, 'KB', 0)}`,
        floor: 'empty script',
        budget: judged ? `≤ + ${show(budget.memory, 'KB', 0)}` : undefined,
        met: judged ? cost.live <= budget.memory : undefined,
        values,
      })
    }
    const init = each(first, vus, 'init')
    rows.push({
      what: `init per VU, ${vus} VUs (${k6.name})`,
      figure: `+ ${show(init, 'ms')}`,
      floor: 'empty script',
      budget: `≤ + ${show(budget.init, 'ms', 1)}`,
      met: init <= budget.init,
    })
  }
  const more = (field: keyof Weight) => middle(first, 1, field) - middle('empty', 1, field)
  rows.push({
    what: `once for a run: start with 1 VU (${k6.name})`,
    figure: `+ ${show(more('start'), 'ms')}, + ${show(more('rss') / 1000, 'MB')}`,
    floor: `empty script ${show(middle('empty', 1, 'start'), 'ms')}, ${show(middle('empty', 1, 'rss') / 1000, 'MB')}`,
  })
  return rows
}
