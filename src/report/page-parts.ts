import { html, type Markup } from './markup.ts'
import type { ChartData } from './page/chart-data.ts'
import { type Cell, cellText, headingText, type ReportChart, type ReportTable } from './parts.ts'
import { type Locale, type Wording, worded } from './words/language.ts'
import { unitName, type Words } from './words/words.ts'

/** So many points of a chart are put into a table of its own; a longer one folds up. */
const SHORT = 30

/** A table, its first row the heading. */
export function grid(rows: string[][], left: boolean[] = [true]): Markup {
  const [head, ...body] = rows
  if (!head) return html``
  const kind = (i: number) => (left[i] ? 'l' : 'r')
  return html`<div class="scroll"><table><thead><tr>${head.map(
    (cell, i) => html`<th scope="col" class="${kind(i)}">${cell}</th>`,
  )}</tr></thead><tbody>${body.map(
    (row) =>
      html`<tr${row[0]?.charAt(0) === '{' && html` class="part"`}>${row.map((cell, i) =>
        i === 0
          ? html`<th scope="row" class="${kind(i)}">${cell}</th>`
          : html`<td class="${kind(i)}">${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`
}

export function partTable(part: ReportTable, locale: Locale, w: Words): Markup {
  const rows = part.rows.map((row) =>
    part.columns.map(({ unit }, i) => cellText(row[i] ?? null, unit, locale)),
  )
  const left = part.columns.map(
    ({ align }, i) => (align ?? (i === 0 ? 'left' : 'right')) === 'left',
  )
  const head = part.columns.map((column) => headingText(column, w, locale))
  return html`${
    part.note !== undefined && html`<p class="muted">${worded(part.note, locale)}</p>`
  }${grid([head, ...rows], left)}`
}

/** The points of a chart that came without a table. */
export function chartTable(chart: ReportChart, locale: Locale, w: Words): Markup {
  const values: readonly Cell[] = chart.x.values
  const { label, unit } = chart.y
  const table = partTable(
    {
      id: chart.id,
      title: chart.title,
      columns: [
        { title: chart.x.label, ...(chart.x.unit !== undefined && { unit: chart.x.unit }) },
        ...chart.series.map((series) => ({
          title: chart.series.length > 1 ? series.label : label,
          ...(unit !== undefined && { unit }),
        })),
      ],
      rows: values.map((x, i) => [x, ...chart.series.map((series) => series.values[i] ?? null)]),
    },
    locale,
    w,
  )
  if (values.length <= SHORT) return table
  return html`<details><summary>${w.page.points}</summary>${table}</details>`
}

/** A chart for the script of the page. */
export function chartData(chart: ReportChart, w: Words, locale: Locale): ChartData {
  const words = (text: Wording) => worded(text, locale)
  const unit = (name: string | undefined) => ((name && unitName(name, w)) ?? name ?? '').trim()
  const values: readonly (number | Wording)[] = chart.x.values
  const numbers = values.filter((value) => typeof value === 'number')
  const places =
    numbers.length === values.length
      ? { values: numbers }
      : { names: values.map((value) => (typeof value === 'number' ? String(value) : words(value))) }
  return {
    id: chart.id,
    kind: chart.kind,
    x: {
      label: headingText({ title: chart.x.label, unit: chart.x.unit ?? '' }, w, locale),
      unit: unit(chart.x.unit),
      ...places,
    },
    y: { label: words(chart.y.label), unit: unit(chart.y.unit), log: chart.y.log === true },
    series: chart.series.map((series) => ({
      label: words(series.label),
      values: series.values,
      kind: series.kind ?? chart.kind,
      dash: series.dash === true,
    })),
    marks: (chart.marks ?? []).map((mark) => ({ ...mark, label: words(mark.label) })),
  }
}
