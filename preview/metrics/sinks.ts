// What is kept of a metric's samples, and the figures from it.
import type { MetricKind } from '../messages.ts'

export interface Sink {
  add: (value: number) => void
  empty: () => boolean
  /**
   * by its name in a threshold: `avg`, `p(95)`, `count`, `rate`, `value` …; undefined where the
   * type has none such
   */
  figure: (name: string, seconds: number) => number | undefined
  /** for the summary */
  values: (stats: string[], seconds: number) => Record<string, number>
}

function counter(): Sink {
  let total = 0
  let first = true
  const figures = (seconds: number): Record<string, number> => ({
    count: total,
    rate: seconds > 0 ? total / seconds : 0,
  })
  return {
    add(value) {
      total += value
      first = false
    },
    empty: () => first,
    figure: (name, seconds) => figures(seconds)[name],
    values: (_, seconds) => figures(seconds),
  }
}

function gauge(): Sink {
  let value = 0
  let min = 0
  let max = 0
  let first = true
  return {
    add(next) {
      value = next
      min = first ? next : Math.min(min, next)
      max = first ? next : Math.max(max, next)
      first = false
    },
    empty: () => first,
    figure: (name) => (name === 'value' ? value : undefined),
    values: () => ({ value, min, max }),
  }
}

function rate(): Sink {
  let total = 0
  let passes = 0
  const share = () => (total === 0 ? 0 : passes / total)
  return {
    add(value) {
      total++
      if (value !== 0) passes++
    },
    empty: () => total === 0,
    figure: (name) => (name === 'rate' ? share() : undefined),
    values: () => ({ rate: share(), passes, fails: total - passes }),
  }
}

/** Keeps every value, as k6 does. */
function trend(): Sink {
  let values = new Float64Array(64)
  let length = 0
  let sorted = true
  let sum = 0
  const sort = () => {
    if (!sorted) values.subarray(0, length).sort()
    sorted = true
  }
  const figures: Record<string, () => number> = {
    avg: () => (length === 0 ? 0 : sum / length),
    min: () => percentile(0),
    max: () => percentile(1),
    med: () => percentile(0.5),
    count: () => length,
  }
  /** Linear between the ranks. */
  function percentile(share: number) {
    if (length === 0) return 0
    sort()
    const rank = share * (length - 1)
    const low = Math.floor(rank)
    const [below = 0, above = below] = values.subarray(low, Math.min(low + 2, length))
    return below + (above - below) * (rank - low)
  }
  const figure = (name: string) => {
    const share = /^p\((\d+(?:\.\d+)?)\)$/.exec(name)?.[1]
    return share === undefined ? figures[name]?.() : percentile(Number(share) / 100)
  }
  return {
    add(value) {
      if (length === values.length) {
        const larger = new Float64Array(2 * length)
        larger.set(values)
        values = larger
      }
      values[length++] = value
      sum += value
      sorted = false
    },
    empty: () => length === 0,
    figure,
    values: (stats) => Object.fromEntries(stats.map((name) => [name, figure(name) ?? 0])),
  }
}

const SINKS = { counter, gauge, rate, trend }

export const createSink = (type: MetricKind['type']): Sink => SINKS[type]()
