import { notMeasured, show } from './lines.js'
import { memory, runK6, startServer } from './processes.js'
import { median } from './stats.js'

/** @import { K6 } from '../cli/find-k6.js' */

/**
 * @typedef {object} Weight
 * @property {number} rss KB of memory at most up to the point where all VUs are at rest (VmHWM)
 * @property {number} live MB that a collection of Go left over at that point
 * @property {number} start ms from the start of k6 to the script's setup()
 * @property {number} init ms from the first VU's end of init to the last one's
 */

/**
 * @param {K6} k6
 * @param {string} script
 * @param {number} vus
 * @param {Record<string, string>} env
 * @returns {Promise<Weight>}
 */
async function weigh(k6, script, vus, env) {
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
 *
 * @param {string[]} lines
 */
export function liveHeap(lines) {
  const live = lines.flatMap((line) => {
    const match = /^gc \d+ .* \d+->\d+->(\d+) MB, /.exec(line)
    return match ? [Number(match[1])] : []
  })
  if (live.length === 0) throw new Error('no collection was traced')
  return Math.min(...live)
}

/**
 * What one VU more costs, the empty script's taken off.
 *
 * @param {{ one: number, many: number }} script
 * @param {{ one: number, many: number }} empty
 * @param {number} vus
 */
export function perVu(script, empty, vus) {
  return (script.many - script.one - (empty.many - empty.one)) / (vus - 1)
}

/**
 * @typedef {object} Plan
 * @property {K6} k6
 * @property {Record<string, { script: string, env: Record<string, string> }>} scripts
 * @property {number[]} sizes
 * @property {number} rounds
 */

/** @param {Plan} plan @param {import('./lines.js').Bench['say']} say */
async function measure({ k6, scripts, sizes, rounds }, say) {
  /** @type {Map<string, Weight[]>} */
  const found = new Map()
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
  /** @param {string} name @param {number} vus @param {keyof Weight} field */
  const middle = (name, vus, field) =>
    median((found.get(`${name} ${vus}`) ?? []).map((weight) => weight[field]))
  return {
    /** @param {string} name @param {number} vus @param {keyof Weight} field */
    each: (name, vus, field) =>
      perVu(
        { one: middle(name, 1, field), many: middle(name, vus, field) },
        { one: middle('empty', 1, field), many: middle('empty', vus, field) },
        vus,
      ),
    middle,
    values: Object.fromEntries(found),
  }
}

/** @type {import('./lines.js').Case} */
export async function run({ quick, newest, oldest, say }) {
  const server = await startServer('bench/server.js')
  const env = { URL: server.url }
  const empty = { script: 'empty.js', env }
  try {
    const ofNewest = newest && {
      k6: newest,
      scripts: {
        empty,
        'library loaded': { script: 'vu-sse.js', env: { ...env, SEND: 'no' } },
        'one answer streamed': { script: 'vu-sse.js', env: { ...env, SEND: 'yes' } },
        'bare handler': { script: 'vu-bare.js', env },
      },
      sizes: quick ? [1, 50] : [1, 50, 200],
      rounds: quick ? 1 : 2,
    }
    const ofOldest = oldest && {
      k6: oldest,
      scripts: { empty, 'one answer, buffered': { script: 'vu.js', env: { ...env, SEND: 'yes' } } },
      sizes: quick ? [1, 50] : [1, 50, 200],
      rounds: 1,
    }
    return [
      ...(ofNewest
        ? await lines(ofNewest, { field: 'rss', memory: 200, init: 1.5 }, say)
        : [notMeasured('memory and init of a VU', 'k6-2.2-sse')]),
      ...(ofOldest
        ? await lines(ofOldest, { field: 'live', memory: 5000, init: 70 }, say)
        : [notMeasured('memory and init of a VU', 'k6-0.47')]),
    ]
  } finally {
    await server.stop()
  }
}

/**
 * @param {Plan} plan
 * @param {{ field: 'rss' | 'live', memory: number, init: number }} budget in KB and ms; which
 *   memory is judged: on 0.47 the compiler's garbage hides what the VUs add to the RSS
 * @param {import('./lines.js').Bench['say']} say
 */
async function lines(plan, budget, say) {
  const { k6, scripts, sizes } = plan
  const { each, middle, values } = await measure(plan, say)
  const names = Object.keys(scripts).filter((name) => name !== 'empty')
  const kB = (/** @type {string} */ name, /** @type {number} */ vus) => ({
    rss: each(name, vus, 'rss'),
    live: each(name, vus, 'live') * 1000,
  })
  const rows = []
  for (const vus of sizes.filter((size) => size > 1)) {
    for (const name of names) {
      const cost = kB(name, vus)
      const judged = name !== 'bare handler'
      const parts = [`live ${show(cost.live, 'KB', 0)}`]
      if (budget.field === 'rss') parts.unshift(`RSS + ${show(cost.rss, 'KB', 0)}`)
      rows.push({
        what: `memory per VU, ${name}, ${vus} VUs (${k6.name})`,
        figure: parts.join(', '),
        floor: 'empty script',
        budget: judged ? `≤ + ${show(budget.memory, 'KB', 0)}` : undefined,
        met: judged ? cost[budget.field] <= budget.memory : undefined,
        values,
      })
    }
    const name = /** @type {string} */ (names[0])
    const init = each(name, vus, 'init')
    rows.push({
      what: `init per VU, ${vus} VUs (${k6.name})`,
      figure: `+ ${show(init, 'ms')}`,
      floor: 'empty script',
      budget: `≤ + ${show(budget.init, 'ms', 1)}`,
      met: init <= budget.init,
    })
  }
  const name = /** @type {string} */ (names[0])
  const more = (/** @type {keyof Weight} */ field) =>
    middle(name, 1, field) - middle('empty', 1, field)
  rows.push({
    what: `once for a run: start with 1 VU (${k6.name})`,
    figure: `+ ${show(more('start'), 'ms')}, + ${show(more('rss') / 1000, 'MB')}`,
    floor: `empty script ${show(middle('empty', 1, 'start'), 'ms')}, ${show(middle('empty', 1, 'rss') / 1000, 'MB')}`,
  })
  return rows
}
