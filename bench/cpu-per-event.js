import { eventsOf } from './bytes.js'
import { notMeasured, show } from './lines.js'
import { runK6, startServer } from './processes.js'
import { median, medianRatio } from './stats.js'

/** @import { K6 } from '../cli/find-k6.js' */

/**
 * CPU of the k6 process for one event, in µs: a run of many events less a run of few, so that
 * the start of k6 and of the script is in neither. The server sends as fast as k6 reads.
 *
 * @param {K6} k6
 * @param {string} script
 * @param {string} url
 * @param {{ requests: number, tokens: number, read?: boolean }} size
 */
export async function cpuPerEvent(k6, script, url, { requests, tokens, read = false }) {
  const env = { URL: url, READ: read ? 'yes' : 'no' }
  const few = await runK6(k6, script, { vus: 2, iterations: 2, env: { ...env, TOKENS: 8 } })
  const many = await runK6(k6, script, {
    vus: 2,
    iterations: requests,
    env: { ...env, TOKENS: tokens },
  })
  const events = requests * eventsOf(tokens) - 2 * eventsOf(8)
  return ((many.cpu - few.cpu) * 1000) / events
}

const SCRIPTS = /** @type {const} */ ({
  noop: { script: 'noop.js', read: false },
  'text read': { script: 'library.js', read: true },
  'text not read': { script: 'library.js', read: false },
  usual: { script: 'usual.js', read: false },
})

/** @type {import('./lines.js').Case} */
export async function run({ quick, streaming, say }) {
  const what = 'CPU per streamed event'
  if (!streaming) return [notMeasured(what, 'k6 with k6/x/sse')]
  const rounds = quick ? 2 : 5
  const size = { requests: quick ? 200 : 400, tokens: 512 }
  const names = /** @type {(keyof typeof SCRIPTS)[]} */ (Object.keys(SCRIPTS))
  /** @type {Record<string, number[]>} */
  const found = Object.fromEntries(names.map((name) => [name, []]))
  const server = await startServer('bench/server.js')
  try {
    for (let round = 0; round < rounds; round++) {
      // Each round in another order: what comes first must not always be the same.
      for (const i of names.keys()) {
        const name = /** @type {keyof typeof SCRIPTS} */ (names[(i + round) % names.length])
        const { script, read } = SCRIPTS[name]
        const cost = await cpuPerEvent(streaming, script, server.url, { ...size, read })
        found[name]?.push(cost)
        say(`round ${round + 1} of ${rounds}: ${name} ${show(cost, 'µs')}`)
      }
    }
  } finally {
    await server.stop()
  }

  /** @param {string} name @param {string} peer @param {string} label @param {number} limit */
  const line = (name, peer, label, limit) => {
    const [figures = [], peers = []] = [found[name], found[peer]]
    const ratio = medianRatio(figures, peers)
    return {
      what: `${what}, ${name} (${streaming.name})`,
      figure: show(median(figures), 'µs'),
      floor: `${label} ${show(median(peers), 'µs')}`,
      ratio,
      budget: `≤ ${limit.toFixed(1)} ×`,
      met: ratio <= limit,
      values: { figures, peers },
    }
  }
  return [
    line('text read', 'noop', 'no-op handler', 2),
    line('text not read', 'noop', 'no-op handler', 2),
    line('text read', 'usual', 'usual script', 0.4),
    line('text not read', 'usual', 'usual script', 0.4),
  ]
}
