import type { K6 } from '../cli/find-k6.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { runK6, startServer } from './processes.ts'
import { median, medianRatio, percentile } from './stats.ts'

const ITL = 20 // 50 tokens/s
/** One after the other, of each stream. */
export const REQUESTS = 2
const SIZE = { REQUESTS, TOKENS: 75, SPREAD: 1 }

/** What a script saw of one stream; times on the run's clock, in ms */
interface Seen {
  /** sent as the header X-Bench */
  id: string
  /** wall time of the run's zero */
  origin: number
  startedAt: number
  /** as the script reports it */
  ttft: number
  /** arrival of each event */
  at: number[]
}

/** What the simulator kept of it; wall times in ms */
interface Sent {
  receivedAt: number
  sentAt: number[]
  kinds: string[]
  headers: Record<string, string>
}

export type Errors = Record<'gap' | 'ttft' | 'late', number[]>

/**
 * The errors of a run, in ms. Events are matched one by one, by the request's header and their
 * order; a count that differs is a failure, not a sample.
 *
 * - `gap`: between two tokens, what the client saw less what the server made, without its sign.
 *   It needs no common clock.
 * - `ttft`: what the client reports less the server's own time from the full receipt of the
 *   request to its first token. What is left is the connection, the request's way and the
 *   token's way. It needs no common clock either.
 * - `late`: arrival of a token less its sending, on the wall clock of the one machine.
 */
export function errors(seen: Seen[], sent: Sent[]): Errors {
  const byId = new Map(sent.map((one) => [one.headers['x-bench'], one]))
  const found: Errors = { gap: [], ttft: [], late: [] }
  for (const { id, origin, at, ttft } of seen) {
    const kept = byId.get(id)
    if (!kept) throw new Error(`the simulator has no request ${id}`)
    const { sentAt, kinds, receivedAt } = kept
    if (at.length !== sentAt.length) {
      throw new Error(`${id}: ${sentAt.length} events were sent, ${at.length} arrived`)
    }
    let before: { arrived: number; left: number } | undefined
    for (const [i, arrived] of at.entries()) {
      const left = sentAt[i]
      if (kinds[i] !== 'token' || left === undefined) continue
      found.late.push(arrived + origin - left)
      if (before === undefined) found.ttft.push(Math.abs(ttft - (left - receivedAt)))
      else found.gap.push(Math.abs(arrived - before.arrived - (left - before.left)))
      before = { arrived, left }
    }
  }
  return found
}

/** One run of a script of streams, and the errors that it made. */
export async function measure(
  k6: K6,
  script: string,
  url: string,
  vus: number,
  env: Record<string, string | number> = {},
): Promise<{ errors: Errors; cpu: number; events: number }> {
  const control = `${url}/__sim/requests`
  await fetch(control, { method: 'DELETE' })
  const { lines, cpu } = await runK6(k6, script, {
    vus,
    env: { URL: url, ...SIZE, START_SPREAD: '0s', ...env },
  })
  const seen: Seen[] = lines
    .filter((line) => line.startsWith('bench-stream '))
    .map((line) => JSON.parse(line.slice('bench-stream '.length)))
  if (seen.length !== vus * SIZE.REQUESTS) throw new Error(`${script}: ${seen.length} streams`)
  const reply = await fetch(control)
  const { requests }: { requests: Sent[] } = JSON.parse(await reply.text())
  const events = seen.reduce((sum, { at }) => sum + at.length, 0)
  return { errors: errors(seen, requests), cpu, events }
}

export async function run({ quick, streaming, say }: Bench): Promise<Line[]> {
  if (!streaming) return [notMeasured('TTFT and gap error', 'k6 with k6/x/sse')]
  const plan: [streams: number, pairs: number][] = quick
    ? [[50, 2]]
    : [
        [1, 3],
        [10, 3],
        [50, 12],
        [100, 4],
      ]
  const lines: Line[] = []
  const simulator = await startServer(
    ...['dist/simulator/main.js', '--flavor', 'vllm', '--ttft', '100', '--itl', `${ITL}`],
  )
  try {
    for (const [streams, pairs] of plan) {
      const found: Record<string, Errors[]> = { library: [], bare: [] }
      for (let pair = 0; pair < pairs; pair++) {
        const order = pair % 2 === 0 ? ['library', 'bare'] : ['bare', 'library']
        for (const name of order) {
          const one = await measure(streaming, `accuracy-${name}.js`, simulator.url, streams)
          found[name]?.push(one.errors)
        }
        say(`${streams} streams: pair ${pair + 1} of ${pairs}`)
      }
      const { library = [], bare = [] } = found
      for (const kind of ['ttft', 'gap', 'late'] as const) {
        lines.push(
          line(
            kind,
            streams,
            library.map((f) => f[kind]),
            bare.map((f) => f[kind]),
          ),
        )
      }
    }
  } finally {
    await simulator.stop()
  }
  return lines
}

const NAMES = { ttft: 'TTFT error', gap: 'gap error', late: 'arrival after sending' }

/** @param library for each pair */
function line(kind: keyof Errors, streams: number, library: number[][], bare: number[][]): Line {
  const p = (runs: number[][], n: number) => runs.map((values) => percentile(values, n))
  const [p50, p99] = [median(p(library, 50)), median(p(library, 99))]
  const [bare50, bare99] = [median(p(bare, 50)), median(p(bare, 99))]
  const ratio = medianRatio(p(library, 99), p(bare, 99))
  const floors = p(bare, 50)
  const shift = median(p(library, 50).map((value, i) => value - (floors[i] ?? Number.NaN)))
  const judged = streams === 50 && kind !== 'late'
  return {
    what: `${NAMES[kind]}, ${streams} ${streams === 1 ? 'stream' : 'streams'} × ${1000 / ITL} tokens/s`,
    figure: `p50 ${p50.toFixed(2)}, p99 ${show(p99, 'ms', 2)}`,
    floor: `bare handler p50 ${bare50.toFixed(2)}, p99 ${show(bare99, 'ms', 2)}`,
    ratio,
    budget: judged ? '≤ 1.25 × at p99, p50 ≤ + 0.05 ms' : undefined,
    met: judged ? ratio <= 1.25 && shift <= 0.05 : undefined,
    values: { pairs: library.length, shift, p99: p(library, 99), bare99: p(bare, 99) },
  }
}
