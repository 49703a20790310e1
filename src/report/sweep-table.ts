import { labelOf } from './goal-lines.ts'
import { MESSAGES, type Messages } from './messages.ts'
import type { Cell, ReportTable, Wording } from './parts.ts'
import type { SweepReport, SweepRow } from './sweep.ts'

/** The steps as a table, with the answer above it. */
export function sweepTable(report: SweepReport): ReportTable {
  const { steps } = report
  const columns: { title: Wording; unit?: string; of(row: SweepRow): Cell | undefined }[] = [
    { title: { en: 'step', ko: '단계' }, of: (row) => row.step },
    { title: { en: 'requests', ko: '요청' }, of: (row) => row.requests },
    { title: { en: 'done', ko: '처리' }, unit: '/s', of: (row) => rounded(row.perSecond) },
    { title: 'TTFT p50', unit: 'ms', of: (row) => row.ttft?.p50 },
    { title: 'p95', unit: 'ms', of: (row) => row.ttft?.p95 },
    { title: 'TPOT', unit: 'ms', of: (row) => row.tpot?.p50 },
    ...(steps.some((row) => row.ttft)
      ? []
      : [
          {
            title: { en: 'answer p50', ko: '응답 p50' },
            unit: 'ms',
            of: (row: SweepRow) => row.duration?.p50,
          },
          { title: 'p95', unit: 'ms', of: (row: SweepRow) => row.duration?.p95 },
        ]),
    { title: 'goodput', unit: 'share', of: (row) => row.goodput },
    { title: { en: 'failed', ko: '실패' }, unit: 'share', of: (row) => row.failed },
    {
      title: { en: 'dropped', ko: '누락' },
      of: (row) => (steps.some((one) => one.dropped > 0) ? row.dropped : undefined),
    },
    {
      title: 'SLA',
      of: (row) => (report.sla === undefined ? undefined : verdictOf(row)),
    },
  ]
  const shown = columns.filter(({ of }) => steps.some((row) => of(row) !== undefined))
  return {
    id: 'sweep',
    title: { en: 'Sweep', ko: '부하 단계' },
    note: { en: noteOf(report, 'en'), ko: noteOf(report, 'ko') },
    columns: shown.map(({ title, unit }) => ({ title, ...(unit && { unit }) })),
    rows: steps.map((row) =>
      shown.map(({ of }, i) => (row.meets === 'not-run' && i > 0 ? null : (of(row) ?? null))),
    ),
  }
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(3))
}

function verdictOf({ meets, missed, unmeasured }: SweepRow): Wording {
  if (meets === 'yes') return '✓'
  if (meets === 'no') return `✗ ${missed.join(' ')}`
  return `? ${unmeasured.join(' ')}`
}

const NOTES = {
  en: {
    highest: 'Highest step that meets the SLA: {load}.',
    none: 'No step meets the SLA.',
    unknown: 'No step is known to meet the SLA: not all of it was measured.',
    lower: 'A lower one misses it: {list}.',
    stopped: 'Stopped at {step}, which is saturated: {why}.',
    rest: 'The steps after it were not run.',
    half: 'half of the requests over the limit ({label})',
    failed: 'half of the requests failed',
    dropped: 'a fifth of the requests were dropped',
    rate: '{n} requests/s',
    users: '{n} users',
  },
  ko: {
    highest: 'SLA를 충족하는 최고 단계: {load}.',
    none: 'SLA를 충족하는 단계가 없습니다.',
    unknown: 'SLA를 충족하는지 확인된 단계가 없습니다: 일부가 측정되지 않았습니다.',
    lower: '더 낮은 단계가 미달입니다: {list}.',
    stopped: '{step}에서 포화되어 중단했습니다: {why}.',
    rest: '이후 단계는 실행하지 않았습니다.',
    half: '요청의 절반이 한도 초과 ({label})',
    failed: '요청의 절반이 실패',
    dropped: '요청의 5분의 1이 누락',
    rate: '초당 {n}건',
    users: '사용자 {n}명',
  },
}

/** The answer in words. */
function noteOf(report: SweepReport, locale: 'en' | 'ko'): string {
  const words = NOTES[locale]
  const kind = report.steps[0]?.kind ?? 'rate'
  const load = (n: number) => words[kind].replace('{n}', String(n))
  const parts: string[] = []
  if (report.highest !== undefined)
    parts.push(words.highest.replace('{load}', load(report.highest)))
  else if (report.sla !== undefined) {
    const unknown = report.steps.some((row) => row.meets === 'unknown')
    parts.push(unknown ? words.unknown : words.none)
  }
  if (report.lowerMissed) {
    parts.push(words.lower.replace('{list}', report.lowerMissed.map(load).join(', ')))
  }
  if (report.stopped) {
    const why = reasonOf(report.stopped.by[0] as string, words, MESSAGES[locale])
    parts.push(words.stopped.replace('{step}', report.stopped.step).replace('{why}', why))
    if (report.steps.some((row) => row.meets === 'not-run')) parts.push(words.rest)
  }
  return parts.join(' ')
}

function reasonOf(threshold: string, words: (typeof NOTES)['en'], m: Messages): string {
  const metric = threshold.slice(0, threshold.indexOf('{'))
  if (metric === 'llm_failed') return words.failed
  if (metric === 'dropped_iterations') return words.dropped
  const label = labelOf({ metric, statistic: 'p(50)', unit: 'ms' }, m)
  return words.half.replace('{label}', label.replace(' p50', ''))
}
