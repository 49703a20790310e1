import { cpuPerEvent } from './cpu-per-event.js'
import { notMeasured, show } from './lines.js'
import { startServer } from './processes.js'
import { median, medianRatio } from './stats.js'

const LENGTHS = [512, 4096, 32_768]
const SHORT = 512
/** "Linear", with room for the noise of the two runs. */
const LIMIT = 1.1

/** @type {import('./lines.js').Case} */
export async function run({ quick, streaming, say }) {
  const what = 'CPU per token as answers grow'
  if (!streaming) return [notMeasured(what, 'k6 with k6/x/sse')]
  const rounds = quick ? 2 : 5
  const tokens = quick ? 65_536 : 131_072
  /** @type {Map<string, number[]>} */
  const found = new Map()
  /** @param {string} script @param {number} length */
  const of = (script, length) => found.get(`${script} ${length}`) ?? []
  const server = await startServer('bench/server.js')
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
