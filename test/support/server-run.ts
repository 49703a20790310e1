import { compareSides } from '../../cli/compare/compare.ts'
import type { Side } from '../../cli/compare/side.ts'
import { thresholds } from '../../cli/compare/threshold.ts'
import { seededRandom } from '../../cli/stats/random.ts'

/** A run of a server: skewed latencies, 1 % failures, one request after the other in a queue. */
export function run(
  seed: number,
  { slower = 1, failing = 0.01, size = 2000, dependence = 0 } = {},
): Side {
  const random = seededRandom(seed)
  let state = random.normal()
  const latency = (median: number) => () => {
    state = dependence * state + Math.sqrt(1 - dependence ** 2) * random.normal()
    return median * slower * Math.exp(0.25 * state)
  }
  const times = (median: number) => new Float64Array(size).map(latency(median))
  let yes = 0
  for (let i = 0; i < size; i++) if (random.uniform() < failing) yes++
  return {
    name: `run ${seed}`,
    times: { llm_ttft: times(300), llm_request_duration: times(2000) },
    shares: { llm_failed: { yes, total: size } },
    gauges: {},
    paces: { llm_requests: Array.from({ length: 30 }, () => (20 + random.normal()) / slower) },
  }
}

export const compare = (a: Side, b: Side, seed = 1) =>
  compareSides(a, b, { threshold: thresholds([]), seed })
