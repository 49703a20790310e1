import { percentile, type ReportChart, type ReportTable, samplesFor } from '#node'
import type { Samples } from '../samples/samples.ts'
import { inOrder, measured } from '../samples/timeline.ts'
import { type InEach, inEach, nameOf } from '../words/in-each.ts'

const SHOWN = [
  'llm_ttft',
  'llm_tpot',
  'llm_itl',
  'llm_request_duration',
  'llm_response_time',
  'http_req_duration',
]
const RANKS = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9]
const BARS = 40
/** Fewer values say nothing of a distribution: as many as a median needs to be compared. */
const LEAST = samplesFor(50, 'compared')

/** The values of one latency in the measured part, rising. */
interface Distribution {
  metric: string
  name: InEach
  sorted: Float64Array
}

/**
 * How latencies of the measured part are distributed: percentiles beside each other, a histogram,
 * and the share that is done by a time (ECDF). From every sample, not from a summary's columns.
 */
export function distributions(samples: Samples): { tables: ReportTable[]; charts: ReportChart[] } {
  const found = SHOWN.flatMap((metric): Distribution[] => {
    const series = measured(samples.metrics.get(metric)?.series() ?? [])
    const sorted = inOrder(series).values.sort()
    return sorted.length < LEAST ? [] : [{ metric, name: nameOf(metric), sorted }]
  })
  const shown = found.filter(({ metric }) => metric !== 'http_req_duration' || found.length === 1)
  if (shown.length === 0) return { tables: [], charts: [] }
  const table: ReportTable = {
    id: 'percentiles',
    title: inEach((words) => words.distributions.title),
    note: inEach((words) => words.distributions.note),
    columns: [
      { title: inEach((words) => words.distributions.percentile) },
      ...shown.map(({ name }) => ({ title: name, unit: 'ms' })),
    ],
    rows: RANKS.map((rank) => [`p${rank}`, ...shown.map(({ sorted }) => told(sorted, rank))]),
  }
  const curves: ReportChart = {
    id: 'percentiles',
    title: inEach((words) => words.distributions.curves),
    kind: 'line',
    x: { label: inEach((words) => words.distributions.percentile), values: RANKS },
    y: { label: inEach((words) => words.distributions.time), unit: 'ms', log: true },
    series: shown.map(({ name, sorted }) => ({
      label: name,
      values: RANKS.map((rank) => told(sorted, rank)),
    })),
  }
  return { tables: [table], charts: [curves, ...shown.flatMap(shape)] }
}

/** A percentile of enough values. */
function told(sorted: Float64Array, rank: number) {
  return sorted.length < samplesFor(rank) ? null : percentile(sorted, rank / 100)
}

/** A histogram, and the share that is done by a time; none where all values are the same. */
function shape({ metric, name, sorted }: Distribution): ReportChart[] {
  const id = metric.replaceAll('_', '-')
  // One outlier would leave a single bar: what is above p99.9 is in the last.
  const low = percentile(sorted, 0)
  const high = percentile(sorted, 0.999)
  if (!(high > low)) return []
  const width = (high - low) / BARS
  const counts: number[] = Array.from({ length: BARS }, () => 0)
  for (const value of sorted) {
    const bar = Math.min(BARS - 1, Math.floor((value - low) / width))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  const middles = counts.map((_, i) => low + (i + 0.5) * width)
  let done = 0
  const ends = counts.map((_, i) => low + (i + 1) * width)
  const shares = counts.map((count) => {
    done += count
    return done / sorted.length
  })
  return [
    {
      id: `histogram-${id}`,
      title: inEach((words, locale) => words.distributions.histogram(name[locale])),
      note: inEach((words) => words.distributions.histogramNote(sorted.length)),
      kind: 'bar',
      x: { label: name, unit: 'ms', values: middles },
      y: { label: inEach((words) => words.common.requests) },
      series: [{ label: inEach((words) => words.common.requests), values: counts }],
    },
    {
      id: `ecdf-${id}`,
      title: inEach((words, locale) => words.distributions.ecdf(name[locale])),
      kind: 'line',
      x: { label: name, unit: 'ms', values: ends },
      y: { label: inEach((words) => words.distributions.share), unit: 'share' },
      series: [{ label: inEach((words) => words.distributions.done), values: shares }],
    },
  ]
}
