import type { ReportChart, ReportTable } from '#node'
import type { Samples } from '../samples/samples.ts'
import { percentile } from '../samples/sink.ts'
import { inOrder, measured } from '../samples/timeline.ts'

const NAMES = {
  llm_ttft: { en: 'TTFT', ko: 'TTFT' },
  llm_tpot: { en: 'TPOT', ko: 'TPOT' },
  llm_itl: { en: 'gaps', ko: '토큰 간격' },
  llm_request_duration: { en: 'request duration', ko: '요청 시간' },
  llm_response_time: { en: 'response time', ko: '응답 시간' },
  http_req_duration: { en: 'HTTP duration', ko: 'HTTP 시간' },
} as Record<string, { en: string; ko: string }>
const RANKS = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9]
const BARS = 40
/** Fewer values say nothing of a distribution. */
const LEAST = 20

/**
 * How latencies of the measured part are distributed: percentiles beside each other, a histogram,
 * and the share that is done by a time (ECDF). From every sample, not from a summary's columns.
 */
export function distributions(samples: Samples): { tables: ReportTable[]; charts: ReportChart[] } {
  const found = Object.entries(NAMES).flatMap(([metric, name]) => {
    const series = measured(samples.metrics.get(metric)?.series() ?? [])
    const sorted = inOrder(series).values.sort()
    return sorted.length < LEAST ? [] : [{ metric, name, sorted }]
  })
  const shown = found.filter(({ metric }) => metric !== 'http_req_duration' || found.length === 1)
  if (shown.length === 0) return { tables: [], charts: [] }
  const table: ReportTable = {
    id: 'percentiles',
    title: { en: 'Percentiles of the measured part', ko: '측정 구간의 백분위수' },
    note: {
      en: 'A percentile with fewer than 5 samples above it is a dash.',
      ko: '위쪽에 샘플이 5개보다 적은 백분위수는 –로 표시.',
    },
    columns: [
      { title: { en: 'percentile', ko: '백분위수' } },
      ...shown.map(({ name }) => ({ title: name, unit: 'ms' })),
    ],
    rows: RANKS.map((rank) => [
      `p${rank}`,
      ...shown.map(({ sorted }) =>
        told(sorted.length, rank) ? percentile(sorted, rank / 100) : null,
      ),
    ]),
  }
  const curves: ReportChart = {
    id: 'percentiles',
    title: { en: 'Percentile curves', ko: '백분위수 곡선' },
    kind: 'line',
    x: { label: { en: 'percentile', ko: '백분위수' }, values: RANKS },
    y: { label: { en: 'time', ko: '시간' }, unit: 'ms', log: true },
    series: shown.map(({ name, sorted }) => ({
      label: name,
      values: RANKS.map((rank) =>
        told(sorted.length, rank) ? percentile(sorted, rank / 100) : null,
      ),
    })),
  }
  return {
    tables: [table],
    charts: [curves, ...shown.flatMap(({ metric, name, sorted }) => shape(metric, name, sorted))],
  }
}

const told = (count: number, rank: number) =>
  Math.min(rank, 100 - rank) * count >= 500 || (rank === 50 && count >= LEAST)

function shape(
  metric: string,
  name: { en: string; ko: string },
  sorted: Float64Array,
): ReportChart[] {
  const id = metric.replaceAll('_', '-')
  // One outlier would leave a single bar: what is above p99.9 is in the last.
  const low = sorted[0] as number
  const high = percentile(sorted, 0.999)
  if (!(high > low)) return []
  const width = (high - low) / BARS
  const counts = new Array(BARS).fill(0)
  for (const value of sorted) counts[Math.min(BARS - 1, Math.floor((value - low) / width))]++
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
      title: { en: `Distribution: ${name.en}`, ko: `분포: ${name.ko}` },
      note: {
        en: `${sorted.length} samples; what is above p99.9 is in the last bar`,
        ko: `샘플 ${sorted.length}개. p99.9를 넘는 값은 마지막 막대에 포함`,
      },
      kind: 'bar',
      x: { label: name, unit: 'ms', values: middles },
      y: { label: { en: 'requests', ko: '요청' } },
      series: [{ label: { en: 'requests', ko: '요청' }, values: counts }],
    },
    {
      id: `ecdf-${id}`,
      title: { en: `Done by: ${name.en}`, ko: `누적 비율: ${name.ko}` },
      kind: 'line',
      x: { label: name, unit: 'ms', values: ends },
      y: { label: { en: 'share', ko: '비율' }, unit: 'share' },
      series: [{ label: { en: 'share that is done', ko: '완료된 비율' }, values: shares }],
    },
  ]
}
