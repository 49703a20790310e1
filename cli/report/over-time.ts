import type { ReportChart } from '#node'
import type { Samples, Series } from '../samples/samples.ts'
import { secondsOf } from '../samples/timeline.ts'
import { inEach, nameOf } from '../words/in-each.ts'
import { paceIn, percentilesIn, runningIn, type Windows, windowsOf } from './windows.ts'

/** Those of ours, or else k6's own. */
const LATENCIES = ['llm_ttft', 'llm_request_duration']
const OTHER_LATENCIES = ['http_req_duration']

/** The charts over time: pace, latency, tokens, requests that run; none of a run that is short. */
export function chartsOverTime(samples: Samples): ReportChart[] {
  const windows = windowsOf(samples)
  if (windows.count < 3) return []
  const of = (name: string) => samples.metrics.get(name)?.series() ?? []
  const has = (name: string) => of(name).length > 0
  const shared = {
    note: inEach((words) => words.overTime.note(windows.length)),
    kind: 'line' as const,
    x: {
      label: inEach((words) => words.overTime.axis),
      unit: 's',
      values: Array.from({ length: windows.count }, (_, i) => i * windows.length),
    },
    ...measuredFrom(samples, windows),
  }
  const requests = has('llm_requests') ? of('llm_requests') : of('http_reqs')
  const latencies = LATENCIES.some(has) ? LATENCIES : OTHER_LATENCIES
  const charts: ReportChart[] = []
  if (requests.length > 0) {
    charts.push({ ...shared, ...requestsIn(requests, of('llm_errors'), windows) })
  }
  for (const metric of latencies.filter(has)) {
    charts.push({ ...shared, ...latencyIn(metric, of(metric), windows) })
  }
  if (has('llm_completion_tokens')) {
    charts.push({ ...shared, ...tokensIn(of('llm_completion_tokens'), windows) })
  }
  if (has('llm_request_duration')) {
    charts.push({ ...shared, ...busyIn(of('llm_request_duration'), windows) })
  }
  return charts
}

/** What a chart has of its own. */
type Own = Pick<ReportChart, 'id' | 'title' | 'y' | 'series'> & { note?: ReportChart['note'] }

function requestsIn(requests: Series[], errors: Series[], windows: Windows): Own {
  const ended = {
    label: inEach((words) => words.overTime.ended),
    values: paceIn(requests, windows),
  }
  const failed = { label: inEach((words) => words.common.failed), values: paceIn(errors, windows) }
  return {
    id: 'time-requests',
    title: inEach((words) => words.overTime.requests),
    y: { label: inEach((words) => words.common.requests), unit: 'requests/s' },
    series: errors.length > 0 ? [ended, failed] : [ended],
  }
}

function latencyIn(metric: string, series: Series[], windows: Windows): Own {
  const [p50 = [], p95 = []] = percentilesIn(series, windows, [0.5, 0.95])
  const name = nameOf(metric)
  return {
    id: `time-${metric.replaceAll('_', '-')}`,
    title: inEach((words, locale) => words.overTime.title(name[locale])),
    y: { label: name, unit: 'ms' },
    series: [
      { label: 'p50', values: p50 },
      { label: 'p95', values: p95 },
    ],
  }
}

function tokensIn(tokens: Series[], windows: Windows): Own {
  return {
    id: 'time-tokens',
    title: inEach((words) => words.overTime.tokens),
    y: { label: nameOf('llm_completion_tokens'), unit: 'tokens/s' },
    series: [{ label: inEach((words) => words.overTime.ofEnded), values: paceIn(tokens, windows) }],
  }
}

function busyIn(durations: Series[], windows: Windows): Own {
  return {
    id: 'time-running',
    title: inEach((words) => words.overTime.running),
    note: inEach((words) => words.overTime.runningNote),
    y: { label: inEach((words) => words.overTime.runningNow) },
    series: [
      { label: inEach((words) => words.common.requests), values: runningIn(durations, windows) },
    ],
  }
}

/** Where the measured part begins, when a warm-up comes first. */
function measuredFrom(samples: Samples, { first }: Windows): Pick<ReportChart, 'marks'> {
  const series = samples.metrics.get('llm_requests')?.series() ?? []
  if (!series.some(({ tags }) => tags.phase === 'warmup')) return {}
  if (series.some(({ tags }) => tags.step !== undefined)) return {}
  const start = secondsOf(series.filter(({ tags }) => tags.phase === 'measure')).first
  if (!Number.isFinite(start)) return {}
  const label = inEach((words) => words.overTime.measuredFrom)
  return { marks: [{ axis: 'x', at: start - first, label }] }
}
