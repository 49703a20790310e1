import type { K6 } from '../cli/find-k6.ts'
import { type Errors, measure, REQUESTS } from './accuracy.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { cpuOfFamily, runK6, startServer } from './processes.ts'
import { median, percentile } from './stats.ts'

/** Of the simulated server, ms: 50 tokens/s, as a chat is read. */
const PACE = { ttft: 300, itl: 20 }
/** Of an answer: a paragraph. */
const TOKENS = 150

interface Load {
  streams: number
  /** seconds over which the first streams begin; 0: all at once */
  spread: number
  pairs: number
  /** processes of the relay */
  workers: number
  /** of the TTFT error, relay to extension */
  budget?: { p50?: number; p99?: number }
  /** of all CPU, relay to extension */
  cpu?: number
}

const LOADS: Load[] = [
  { streams: 50, spread: 0, pairs: 3, workers: 1 },
  { streams: 200, spread: 0, pairs: 5, workers: 1, budget: { p50: 0.15, p99: 0.8 }, cpu: 1 },
  { streams: 200, spread: 2.4, pairs: 3, workers: 1, budget: { p50: 1, p99: 1.2 } },
  { streams: 600, spread: 2.4, pairs: 3, workers: 2, budget: { p99: 0.4 }, cpu: 1 },
]
const QUICK: Load[] = [
  { streams: 200, spread: 0, pairs: 1, workers: 1, budget: { p50: 0.15, p99: 0.8 }, cpu: 1 },
]

interface One {
  errors: Errors
  /** µs of CPU for each event: k6's from its start, and with the relay's from its ready line on */
  k6: number
  all: number
  /** ms of CPU until the relay's ready line: its start and its warm-up, once a run */
  start: number
}

/** Tokens seen by the relay on a stock k6, beside k6/x/sse: the same streams in turns. */
export async function run({ quick, stock, streaming, say }: Bench): Promise<Line[]> {
  if (!stock) return [notMeasured('the relay', 'stock k6 2.2')]
  if (!streaming) return [notMeasured('the relay beside k6/x/sse', 'k6 with k6/x/sse')]
  const lines: Line[] = []
  for (const load of quick ? QUICK : LOADS) {
    const simulator = await startServer(
      ...['dist/simulator/main.js', '--flavor', 'vllm'],
      ...['--ttft', `${PACE.ttft}`, '--itl', `${PACE.itl}`],
    )
    try {
      const relayed: One[] = []
      const extension: One[] = []
      for (let pair = 0; pair < load.pairs; pair++) {
        const both = [
          async () => relayed.push(await byRelay(stock, simulator.url, load)),
          async () => extension.push(await byExtension(streaming, simulator.url, load)),
        ]
        for (const one of pair % 2 === 0 ? both : both.reverse()) await one()
        say(`${load.streams} streams, ${load.spread} s: pair ${pair + 1} of ${load.pairs}`)
      }
      lines.push(...linesOf(load, relayed, extension))
    } finally {
      await simulator.stop()
    }
  }
  return lines
}

async function byRelay(k6: K6, url: string, { streams, spread, workers }: Load): Promise<One> {
  const relay = await startServer(
    ...['dist/relay/main.js', '--port', '0', '--allow', url, '--workers', `${workers}`],
  )
  try {
    const env = { TOKENS, SPREAD: spread, START_SPREAD: '0s', LLM_RELAY: relay.url }
    const start = cpuOfFamily(relay.pid)
    const { errors, events } = await measure(k6, 'accuracy-relay.js', url, streams, env)
    const before = cpuOfFamily(relay.pid)
    const cpu = await cpuOfUsers(k6, 'paced.js', url, streams, env)
    const own = cpuOfFamily(relay.pid) - before
    return { errors, k6: (cpu / events) * 1000, all: ((cpu + own) / events) * 1000, start }
  } finally {
    await relay.stop()
  }
}

async function byExtension(k6: K6, url: string, { streams, spread }: Load): Promise<One> {
  const env = { TOKENS, SPREAD: spread, START_SPREAD: '0s' }
  const { errors, events } = await measure(k6, 'accuracy-library.js', url, streams, env)
  const each = ((await cpuOfUsers(k6, 'paced-library.js', url, streams, env)) / events) * 1000
  return { errors, k6: each, all: each, start: 0 }
}

/** CPU of k6 for the same streams where nobody keeps their events, as scripts have it; ms. */
async function cpuOfUsers(
  k6: K6,
  script: string,
  url: string,
  vus: number,
  env: Record<string, string | number>,
): Promise<number> {
  const { cpu } = await runK6(k6, script, { vus, env: { URL: url, REQUESTS, ...env } })
  return cpu
}

function linesOf(load: Load, relayed: One[], extension: One[]): Line[] {
  const how = load.spread === 0 ? 'all at once' : `begun over ${load.spread} s`
  const with2 = load.workers > 1 ? `, ${load.workers} workers` : ''
  const at = `${load.streams} streams ${how}${with2}`
  const lines: Line[] = []
  for (const kind of ['ttft', 'gap'] as const) {
    for (const p of [50, 99] as const) {
      const of = (runs: One[]) => median(runs.map(({ errors }) => percentile(errors[kind], p)))
      const [here, there] = [of(relayed), of(extension)]
      const budget = kind === 'ttft' ? load.budget?.[`p${p}`] : undefined
      lines.push({
        what: `${kind === 'ttft' ? 'TTFT' : 'gap'} error p${p}, relay, ${at}`,
        figure: show(here, 'ms', 2),
        floor: `k6/x/sse ${show(there, 'ms', 2)}`,
        ratio: here / there,
        ...(budget !== undefined && { budget: `≤ ${budget} ×`, met: here / there <= budget }),
        values: { relay: relayed.map(({ errors }) => percentile(errors[kind], p)) },
      })
    }
  }
  const cpu = (runs: One[], of: 'k6' | 'all') => median(runs.map((one) => one[of]))
  lines.push({
    what: `CPU per event of k6 alone, relay, ${at}`,
    figure: show(cpu(relayed, 'k6'), 'µs'),
    floor: `k6/x/sse ${show(cpu(extension, 'k6'), 'µs')}`,
    ratio: cpu(relayed, 'k6') / cpu(extension, 'k6'),
  })
  const ratio = cpu(relayed, 'all') / cpu(extension, 'all')
  lines.push({
    what: `CPU per event of k6 and relay, ${at}`,
    figure: show(cpu(relayed, 'all'), 'µs'),
    floor: `k6/x/sse ${show(cpu(extension, 'all'), 'µs')}`,
    ratio,
    ...(load.cpu !== undefined && { budget: `≤ ${load.cpu} ×`, met: ratio <= load.cpu }),
  })
  lines.push({
    what: `CPU until the relay is ready, ${load.workers === 1 ? 'one process' : `${load.workers} workers`}`,
    figure: show(median(relayed.map(({ start }) => start)), 'ms', 0),
  })
  return lines
}
