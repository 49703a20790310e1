import type { K6 } from '../cli/find-k6.ts'
import { eventsOf } from './bytes.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { runK6, startServer } from './processes.ts'
import { median, medianRatio } from './stats.ts'

interface Size {
  requests: number
  /** of each answer */
  tokens: number
  /** whether the script reads the text */
  read?: boolean
  /** of a relay that it streams through */
  relay?: string
}

/**
 * CPU of the k6 process for one event, in µs: a run of many events less a run of few, so that
 * the start of k6 and of the script is in neither. The server sends as fast as k6 reads.
 */
export async function cpuPerEvent(
  k6: K6,
  script: string,
  url: string,
  { requests, tokens, read = false, relay }: Size,
): Promise<number> {
  const env = { URL: url, READ: read ? 'yes' : 'no', ...(relay && { LLM_RELAY: relay }) }
  const few = await runK6(k6, script, { vus: 2, iterations: 2, env: { ...env, TOKENS: 8 } })
  const many = await runK6(k6, script, {
    vus: 2,
    iterations: requests,
    env: { ...env, TOKENS: tokens },
  })
  const events = requests * eventsOf(tokens) - 2 * eventsOf(8)
  return ((many.cpu - few.cpu) * 1000) / events
}

const SCRIPTS = {
  noop: { script: 'noop.js', read: false },
  'through the relay': { script: 'library-relay.js', read: true },
  'text read': { script: 'library.js', read: true },
  'text not read': { script: 'library.js', read: false },
  usual: { script: 'usual.js', read: false },
}

export async function run({ quick, streaming, say }: Bench): Promise<Line[]> {
  const what = 'CPU per streamed event'
  if (!streaming) return [notMeasured(what, 'k6 with k6/x/sse')]
  const rounds = quick ? 2 : 5
  const size = { requests: quick ? 200 : 400, tokens: 512 }
  const cases = Object.entries(SCRIPTS)
  const found: Record<string, number[]> = Object.fromEntries(cases.map(([name]) => [name, []]))
  const server = await startServer('bench/server.ts')
  const relay = await startServer('dist/relay/main.js', '--port', '0', '--allow', server.url)
  try {
    for (let round = 0; round < rounds; round++) {
      // Each round in another order: what comes first must not always be the same.
      const first = round % cases.length
      for (const [name, { script, read }] of [...cases.slice(first), ...cases.slice(0, first)]) {
        const own = script === 'library-relay.js' ? { relay: relay.url } : {}
        const cost = await cpuPerEvent(streaming, script, server.url, { ...size, read, ...own })
        found[name]?.push(cost)
        say(`round ${round + 1} of ${rounds}: ${name} ${show(cost, 'µs')}`)
      }
    }
  } finally {
    await relay.stop()
    await server.stop()
  }

  const line = (name: string, peer: string, label: string, limit?: number) => {
    const [figures = [], peers = []] = [found[name], found[peer]]
    const ratio = medianRatio(figures, peers)
    return {
      what: `${what}, ${name} (${streaming.name})`,
      figure: show(median(figures), 'µs'),
      floor: `${label} ${show(median(peers), 'µs')}`,
      ratio,
      ...(limit !== undefined && { budget: `≤ ${limit.toFixed(1)} ×`, met: ratio <= limit }),
      values: { figures, peers },
    }
  }
  return [
    line('through the relay', 'noop', 'no-op handler', 1.5),
    line('text read', 'noop', 'no-op handler', 2.4),
    line('text not read', 'noop', 'no-op handler', 2.4),
    line('text read', 'usual', 'usual script'),
    line('text not read', 'usual', 'usual script'),
  ]
}
