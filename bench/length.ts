import { cpuPerEvent } from './cpu-per-event.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { startServer } from './processes.ts'
import { median, medianRatio } from './stats.ts'

const LENGTHS = [512, 4096, 32_768]
const SHORT = 512
/** "Linear", with room for the noise of the two runs. */
const LIMIT = 1.1

export async function run({ quick, streaming, say }: Bench): Promise<Line[]> {
  const what = 'CPU per token as answers grow'
  if (!streaming) return [notMeasured(what, 'k6 with k6/x/sse')]
  const rounds = quick ? 2 : 5
  const tokens = quick ? 65_536 : 131_072
  const found = new Map<string, number[]>()
  const of = (script: string, length: number) => found.get(`${script} ${length}`) ?? []
  const server = await startServer('bench/server.ts')
  try {
    for (let round = 0; round < rounds; round++) {
      for (const length of LENGTHS) {
        for (const script of ['library.js', 'noop.js']) {
          const size = { requests: tokens / length, tokens: length, read: true }
          const cost = await cpuPerEvent(streaming, script, server.url, size)
          found.set(`${script} ${length}`, [...of(script, length), cost])
          say(`round ${round + 1} of ${rounds}: ${length} tokens, ${script} ${show(cost, 'µs')}`)
        }
      }
    }
  } finally {
    await server.stop()
  }
  return LENGTHS.filter((length) => length !== SHORT).map((length) => {
    const ratio = medianRatio(of('library.js', length), of('library.js', SHORT))
    const floor = medianRatio(of('noop.js', length), of('noop.js', SHORT))
    return {
      what: `${what}: ${length} tokens (no-op handler: ${floor.toFixed(2)})`,
      figure: show(median(of('library.js', length)), 'µs'),
      floor: `${SHORT} tokens ${show(median(of('library.js', SHORT)), 'µs')}`,
      ratio,
      budget: `linear (≤ ${LIMIT} ×)`,
      met: ratio <= LIMIT,
      values: Object.fromEntries(found),
    }
  })
}
