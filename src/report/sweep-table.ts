import { labelOf } from './goal-lines.ts'
import type { Cell, ReportTable } from './parts.ts'
import type { SweepReport, SweepRow } from './sweep.ts'
import { fill, type Wording, wording } from './words/language.ts'
import { WORDS, type Words } from './words/words.ts'

/** The steps as a table, with the answer above it. */
export function sweepTable(report: SweepReport): ReportTable {
  const { steps } = report
  const columns: { title: Wording; unit?: string; of(row: SweepRow): Cell | undefined }[] = [
    { title: wording(WORDS, (w) => w.sweep.step), of: (row) => row.step },
    { title: wording(WORDS, (w) => w.sweep.requests), of: (row) => row.requests },
    { title: wording(WORDS, (w) => w.sweep.done), unit: '/s', of: (row) => rounded(row.perSecond) },
    { title: 'TTFT p50', unit: 'ms', of: (row) => row.ttft?.p50 },
    { title: 'p95', unit: 'ms', of: (row) => row.ttft?.p95 },
    { title: 'TPOT', unit: 'ms', of: (row) => row.tpot?.p50 },
    ...(steps.some((row) => row.ttft)
      ? []
      : [
          {
            title: wording(WORDS, (w) => w.sweep.answer),
            unit: 'ms',
            of: (row: SweepRow) => row.duration?.p50,
          },
          { title: 'p95', unit: 'ms', of: (row: SweepRow) => row.duration?.p95 },
        ]),
    { title: 'goodput', unit: 'share', of: (row) => row.goodput },
    { title: wording(WORDS, (w) => w.sweep.failed), unit: 'share', of: (row) => row.failed },
    {
      title: wording(WORDS, (w) => w.sweep.dropped),
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
    title: wording(WORDS, (w) => w.sweep.title),
    note: wording(WORDS, (w) => noteOf(report, w)),
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

/** The answer in words. */
function noteOf(report: SweepReport, w: Words): string {
  const words = w.sweep
  const kind = report.steps[0]?.kind ?? 'rate'
  const load = (n: number) => fill(words[kind], { n })
  const parts: string[] = []
  if (report.highest !== undefined) parts.push(fill(words.highest, { load: load(report.highest) }))
  else if (report.sla !== undefined) {
    const unknown = report.steps.some((row) => row.meets === 'unknown')
    parts.push(unknown ? words.unknown : words.none)
  }
  if (report.passedAbove && report.lowestMissed !== undefined) {
    const list = report.passedAbove.map(load).join(', ')
    parts.push(fill(words.above, { list, lower: load(report.lowestMissed) }))
  }
  if (report.stopped) {
    const why = reasonOf(report.stopped.by[0] as string, w)
    parts.push(fill(words.stopped, { step: report.stopped.step, why }))
    if (report.steps.some((row) => row.meets === 'not-run')) parts.push(words.rest)
  }
  return parts.join(' ')
}

function reasonOf(threshold: string, w: Words): string {
  const metric = threshold.slice(0, threshold.indexOf('{'))
  if (metric === 'llm_failed') return w.sweep.halfFailed
  if (metric === 'dropped_iterations') return w.sweep.fifthDropped
  const label = labelOf({ metric, statistic: 'p(50)', unit: 'ms' }, w)
  return fill(w.sweep.half, { label: label.replace(' p50', '') })
}
