import type { ReportChart } from '#node'
import { inEach, nameOf } from '../words/in-each.ts'
import type { Sweep } from './sweep-figures.ts'

/** Latency and what was achieved over the load; none of one load, or where loads have no order. */
export function sweepCharts(sweep: Sweep): ReportChart[] {
  const { rows, unit, latency } = sweep
  const values = rows.map(({ load }) => load.load)
  if (values.length < 2 || values.some(Number.isNaN)) return []
  if (new Set(values).size < values.length) return []
  const x = { label: inEach((words) => words.sweep.axis), unit, values }
  const name = nameOf(latency)
  const marks = marksOf(sweep, values)
  const latencies: ReportChart = {
    id: 'sweep',
    title: inEach((words, locale) => words.sweep.overLoad(name[locale])),
    kind: 'line',
    x,
    y: { label: name, unit: 'ms' },
    series: [0.5, 0.95, 0.99].map((share) => ({
      label: `p${share * 100}`,
      values: rows.map(({ at }) => at(latency, share)),
    })),
    ...(marks.length > 0 && { marks }),
  }
  const done = {
    label: inEach((words) => words.sweep.done),
    values: rows.map(({ load }) => load.achieved),
  }
  const asked = { label: inEach((words) => words.sweep.asked), values, dash: true }
  const achieved: ReportChart = {
    id: 'sweep-achieved',
    title: inEach((words) => words.sweep.achievedOverLoad),
    kind: 'line',
    x,
    y: { label: inEach((words) => words.common.requests), unit: 'requests/s' },
    series: unit === 'requests/s' ? [done, asked] : [done],
  }
  return [latencies, achieved]
}

function marksOf({ bend, highest }: Sweep, values: number[]): NonNullable<ReportChart['marks']> {
  const mark = (index: number | undefined, label: ReportChart['title']) => {
    const at = index === undefined ? undefined : values[index]
    return at === undefined ? [] : [{ axis: 'x' as const, at, label }]
  }
  return [
    ...mark(
      bend,
      inEach((words) => words.sweep.bendMark),
    ),
    ...mark(
      highest,
      inEach((words) => words.sweep.highestMark),
    ),
  ]
}
