import { formatNumber } from './format.ts'
import { type Locale, type Wording, worded } from './words/language.ts'
import { unitName, type Words } from './words/words.ts'

/** `null`: not measured, a dash in every format. A number is written in its column's unit. */
export type Cell = Wording | number | null

/**
 * A table of a report beside those that it has of itself: the steps of a sweep, an A/B
 * comparison, seconds of a run. Every format writes it: text and Markdown in columns, HTML as a
 * table, JSON as it is.
 *
 * @example
 * { id: 'sweep', title: { en: 'Sweep', ko: '부하 단계' },
 *   columns: [{ title: 'rate', unit: 'requests/s' }, { title: 'TTFT p95', unit: 'ms' }],
 *   rows: [[2, 312.4], [4, null]] }
 */
export interface ReportTable {
  /** Unique in the report; small letters, digits and dashes. HTML has it as an anchor. */
  id: string
  title: Wording
  /** A sentence under the title: what the rows are, what to know before reading them. */
  note?: Wording
  columns: {
    title: Wording
    /**
     * Of the numbers in the column: `ms`, `share` (0..1, written in percent) and `bytes` stand in
     * the cells; any other, like `requests/s`, in the heading. @default a plain number
     */
    unit?: string
    /** @default 'left' in the first column, else 'right' */
    align?: 'left' | 'right'
  }[]
  /** Each as long as `columns`. */
  rows: Cell[][]
}

/** One line, or row of bars, of a chart. */
export interface ChartSeries {
  label: Wording
  /** As many as the chart's `x.values`, in the unit of `y`. `null`: not measured, a gap. */
  values: (number | null)[]
  /** Another drawing than the chart's `kind`, such as points over bars. */
  kind?: 'line' | 'bar' | 'points'
  /** Dashed line: a goal, an estimate, another run. @default false */
  dash?: boolean
}

/**
 * A chart of a report: figures over time, over load, over rank. HTML draws it, JSON has it as it
 * is; text and Markdown leave it out. Where its figures must be readable without a script or in
 * text, give a {@link ReportTable} of the same `id` with it: HTML puts the table under the chart.
 * A chart without one gets a table of its own points in HTML.
 *
 * @example
 * { id: 'ttft-by-rate', title: 'TTFT over load', kind: 'line',
 *   x: { label: 'rate', unit: 'requests/s', values: [1, 2, 4] }, y: { label: 'TTFT', unit: 'ms' },
 *   series: [{ label: 'p50', values: [210, 230, 800] }, { label: 'p95', values: [300, null, 2100] }],
 *   marks: [{ axis: 'y', at: 2000, label: 'goal' }] }
 */
export interface ReportChart {
  /** Unique among the charts; small letters, digits and dashes. */
  id: string
  title: Wording
  note?: Wording
  /** How a series is drawn that does not say. */
  kind: 'line' | 'bar' | 'points'
  x: {
    label: Wording
    /** As in a table, and `s` for seconds since the start of the run. @default a plain number */
    unit?: string
    /** Rising numbers, or names (of models, kinds) that stand side by side. */
    values: number[] | Wording[]
  }
  /** Starts at 0 unless `log`. */
  y: {
    label: Wording
    unit?: string
    /** A logarithmic scale; values of 0 and below are then left out. @default false */
    log?: boolean
  }
  series: ChartSeries[]
  /** Straight lines across: a goal, a knee, the end of a warm-up. */
  marks?: { axis: 'x' | 'y'; at: number; label: Wording }[]
}

/** A cell as it is read: `312 ms`, `1.2 %`, `–`. */
export function cellText(cell: Cell, unit: string | undefined, locale: Locale): string {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell !== 'number') return worded(cell, locale)
  return Number.isFinite(cell) ? formatNumber(cell, unit ?? '') : '–'
}

/** A heading, with the unit where the cells do not have it: `rate (requests/s)`. */
export function headingText(
  { title, unit }: { title: Wording; unit?: string },
  w: Words,
  locale: Locale,
): string {
  const text = worded(title, locale)
  if (unit === undefined || /^(ms|share|bytes|)$/.test(unit)) return text
  return `${text} (${(unitName(unit, w) ?? unit).trim()})`
}
