/** @import { CertificateStep, ErrorQuantiles } from '../../src/report/certificate.ts' */

/**
 * What the client measured of one stream, in ms.
 *
 * @typedef {object} Seen
 * @property {string} id
 * @property {boolean} ok
 * @property {number} [ttft]
 * @property {number[]} [gaps]
 */

/**
 * What the simulator kept of one request, in ms since 1970.
 *
 * @typedef {object} Kept
 * @property {Record<string, string>} headers
 * @property {number} receivedAt
 * @property {number[]} sentAt
 * @property {string[]} kinds
 */

/**
 * How far the client's times are off. Both sides are spans of time, so no clocks are compared:
 * TTFT against receipt of the request to the first token, a gap against the same gap.
 *
 * @param {Seen[]} seen
 * @param {Kept[]} kept
 * @returns {{ ttft: number[], gaps: number[], lost: number }} errors without their sign; `lost`
 *   streams failed, or have another number of tokens on the two sides
 */
export function errorsOf(seen, kept) {
  const truth = new Map(kept.map((one) => [one.headers['x-calibrate'], one]))
  /** @type {number[]} */
  const ttft = []
  /** @type {number[]} */
  const gaps = []
  let lost = 0
  for (const one of seen) {
    const real = truth.get(one.id)
    const kinds = real?.kinds ?? []
    const sent = (real?.sentAt ?? []).filter((_, i) => kinds[i] === 'token')
    const first = sent[0]
    const measured = one.gaps ?? []
    const same = measured.length === sent.length - 1
    if (!one.ok || !real || one.ttft === undefined || first === undefined || !same) {
      lost++
      continue
    }
    ttft.push(Math.abs(one.ttft - (first - real.receivedAt)))
    measured.forEach((gap, i) => {
      const [before, after] = /** @type {[number, number]} */ (sent.slice(i, i + 2))
      gaps.push(Math.abs(gap - (after - before)))
    })
  }
  return { ttft, gaps, lost }
}

/**
 * @param {number[]} values one or more
 * @returns {ErrorQuantiles} quantiles as k6 takes them: between two values in proportion
 */
export function quantilesOf(values) {
  const sorted = Float64Array.from(values).sort()
  const at = (/** @type {number} */ share) => {
    const rank = share * (sorted.length - 1)
    const low = /** @type {number} */ (sorted[Math.floor(rank)])
    const high = /** @type {number} */ (sorted[Math.ceil(rank)])
    return round(low + (high - low) * (rank % 1))
  }
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

/**
 * The largest load up to which every step held.
 *
 * @param {CertificateStep[]} steps in rising order
 * @returns {{ streams: number, rate: number } | null}
 */
export function largestThatHolds(steps) {
  const first = steps.findIndex((step) => !step.holds)
  const last = first === -1 ? steps.at(-1) : steps[first - 1]
  return last === undefined ? null : { streams: last.streams, rate: last.rate }
}

/** @param {number} ms */
export function round(ms) {
  return Math.round(ms * 1000) / 1000
}
