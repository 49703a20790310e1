import { percentile, type ReportTable } from '#node'
import type { Samples, Series } from '../samples/samples.ts'
import { inOrder, measured, secondsOf, togetherBySecond } from '../samples/timeline.ts'
import { mser5 } from '../stats/mser.ts'
import { mannKendall, theilSen } from '../stats/tests.ts'
import { inEach } from '../words/in-each.ts'
import { paceIn, percentilesIn } from './windows.ts'

/** Windows of the measured part, each with some samples. */
const WINDOWS = 20
const LEAST = 8
/** A change over the run that is smaller is no drift, however certain. */
const MATTERS = 0.05

/**
 * Did the measured part hold still? Each figure in up to 20 windows: Mann and Kendall's test says
 * whether there is a trend, the slope of Theil and Sen how large it is. MSER-5 says how much of the
 * beginning is start-up. A sweep is not asked: its load changes by intent.
 */
export function steadiness(samples: Samples): ReportTable | undefined {
  const of = (name: string) => measured(samples.metrics.get(name)?.series() ?? [])
  const requests = of('llm_requests')
  if (requests.length === 0 || requests.some(({ tags }) => tags.step !== undefined)) {
    return undefined
  }
  const { first, last } = secondsOf(requests)
  // The first and the last second are not whole.
  const seconds = last - first - 1
  const length = Math.max(1, Math.ceil(seconds / WINDOWS))
  const windows = { first: first + 1, length, count: Math.floor(seconds / length) }
  if (windows.count < LEAST) return undefined

  const rows: ReportTable['rows'] = []
  const add = (name: string, all: (number | null)[]) => {
    const values = all.filter((value) => value !== null)
    const middle = percentile(Float64Array.from(values).sort(), 0.5)
    if (values.length < LEAST || middle === 0) return
    const { p } = mannKendall(values)
    const change = (theilSen(values) * (values.length - 1)) / middle
    const drifts = p < 0.05 && Math.abs(change) >= MATTERS
    rows.push([
      name,
      values.length,
      `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`,
      p < 0.001 ? '< 0.001' : p.toFixed(3),
      inEach((words) => (drifts ? words.steadiness.drifts : words.steadiness.steady)),
    ])
  }
  for (const metric of ['llm_ttft', 'llm_tpot', 'llm_request_duration']) {
    const series = of(metric)
    if (series.length > 0) add(`${metric} p50`, percentilesIn(series, windows, [0.5])[0] ?? [])
  }
  add('llm_requests/s', paceIn(requests, windows))
  if (of('llm_completion_tokens').length > 0) {
    add('llm_completion_tokens/s', paceIn(of('llm_completion_tokens'), windows))
  }
  if (rows.length === 0) return undefined
  return {
    id: 'steadiness',
    title: inEach((words) => words.steadiness.title),
    note: note(of('llm_request_duration'), usersOf(samples, first, last)),
    columns: [
      { title: inEach((words) => words.common.figure) },
      { title: inEach((words) => words.steadiness.windows) },
      { title: inEach((words) => words.steadiness.change) },
      { title: 'p' },
      { title: inEach((words) => words.common.verdict) },
    ],
    rows,
  }
}

/** Fewest and most users of the measured part. */
function usersOf(samples: Samples, first: number, last: number) {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const [second, users] of togetherBySecond(samples.metrics.get('vus')?.series() ?? [])) {
    if (second <= first || second >= last) continue
    low = Math.min(low, users)
    high = Math.max(high, users)
  }
  return { low, high }
}

function note(durations: Series[], users: { low: number; high: number }) {
  const { values, seconds } = inOrder(durations)
  const cut = mser5(values)
  const from = seconds[0] ?? 0
  return inEach(({ steadiness: words }) => {
    const startUp =
      cut === undefined ? words.unsettled : words.startUp(cut, (seconds[cut] ?? from) - from)
    return users.high > users.low ? `${startUp} ${words.users(users.low, users.high)}` : startUp
  })
}
