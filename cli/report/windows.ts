import { percentile, samplesFor } from '#node'
import type { Samples, Series } from '../samples/samples.ts'
import { inOrder, perSecond } from '../samples/timeline.ts'

/** Lengths of windows in seconds that people can read. */
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]
/** At most so many windows in a chart. */
const MOST = 90

/** The run in windows of equal length. */
export interface Windows {
  /** second since 1970 */
  first: number
  /** s */
  length: number
  count: number
}

export function windowsOf(samples: Samples): Windows {
  const first = Math.floor(samples.first / 1000)
  const seconds = Math.floor(samples.last / 1000) - first + 1
  const length = LENGTHS.find((one) => seconds / one <= MOST) ?? Math.ceil(seconds / MOST)
  return { first, length, count: Math.ceil(seconds / length) }
}

/**
 * Percentiles of a Trend in each window; `null` where a window has too few samples for it.
 *
 * @param shares 0 to 1
 * @returns by share
 */
export function percentilesIn(
  series: Series[],
  { first, length, count }: Windows,
  shares: number[],
): (number | null)[][] {
  const { values, seconds } = inOrder(series)
  let from = 0
  const windows = Array.from({ length: count }, (_, window) => {
    const end = first + (window + 1) * length
    const start = from
    while (from < seconds.length && (seconds[from] ?? end) < end) from++
    return values.slice(start, from).sort()
  })
  return shares.map((share) =>
    windows.map((sorted) =>
      sorted.length < samplesFor(share * 100) ? null : percentile(sorted, share),
    ),
  )
}

/** A figure a second in each window, of Counters. */
export function paceIn(series: Series[], { first, length, count }: Windows): number[] {
  const { a } = perSecond(series, first, first + length * count - 1)
  return Array.from({ length: count }, (_, i) => {
    const part = a.subarray(i * length, (i + 1) * length)
    return part.reduce((sum, value) => sum + value, 0) / length
  })
}

/**
 * How many requests ran at the time, on average over each window: from the end of each success and
 * its duration. Those that failed have no duration and are not in it.
 */
export function runningIn(durations: Series[], { first, length, count }: Windows): number[] {
  const { values, seconds } = inOrder(durations)
  const busy = new Float64Array(count)
  for (const [i, duration] of values.entries()) {
    // The end is known to the second: its middle.
    const end = (seconds[i] ?? Number.NaN) + 0.5 - first
    const start = Math.max(0, end - duration / 1000)
    for (
      let window = Math.floor(start / length);
      window < count && window * length < end;
      window++
    ) {
      const overlap = Math.min(end, (window + 1) * length) - Math.max(start, window * length)
      busy[window] = (busy[window] ?? 0) + overlap / length
    }
  }
  return [...busy]
}
