import { type CertificateHold, type CertificateStep, type ErrorQuantiles, percentile } from '#node'

/** What the client measured of one stream, in ms. */
export interface Seen {
  id: string
  ok: boolean
  ttft?: number
  gaps?: number[]
}

/** What the simulator kept of one request, in ms since 1970. */
export interface Kept {
  headers: Record<string, string>
  receivedAt: number
  sentAt: number[]
  kinds: string[]
}

/** Errors of times in ms, without their sign. */
interface Errors {
  ttft: number[]
  gaps: number[]
  /** streams that failed, or have another number of tokens on the two sides */
  lost: number
}

/**
 * How far the client's times are off. Both sides are spans of time, so no clocks are compared:
 * TTFT against receipt of the request to the first token, a gap against the same gap.
 */
export function errorsOf(seen: Seen[], kept: Kept[]): Errors {
  const truth = new Map(kept.map((one) => [one.headers['x-calibrate'], one]))
  const ttft: number[] = []
  const gaps: number[] = []
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
    for (const [i, real] of gapsOf(sent).entries()) gaps.push(Math.abs((measured[i] ?? 0) - real))
  }
  return { ttft, gaps, lost }
}

function gapsOf(times: number[]): number[] {
  return times.slice(1).map((time, i) => time - (times[i] ?? time))
}

/**
 * @param values one or more
 */
export function quantilesOf(values: number[]): ErrorQuantiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => round(percentile(sorted, share))
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

/**
 * By way and start, the largest load up to which every step held.
 *
 * @param steps of each way and start in rising order
 */
export function largestThatHold(steps: CertificateStep[]): CertificateHold[] {
  const groups = new Map<string, CertificateStep[]>()
  for (const step of steps) {
    const name = `${step.way} ${step.start}`
    groups.set(name, [...(groups.get(name) ?? []), step])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const fell = group.findIndex((step) => !step.holds)
    const last = fell === -1 ? group.at(-1) : group[fell - 1]
    const { way, start, rate } = first
    return [{ way, start, rate, streams: last?.streams ?? null }]
  })
}

export function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
