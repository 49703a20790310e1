import library from 'uplot/dist/uPlot.iife.min.js?packed'
import { percentileCurves } from './curves.ts'
import { environmentRows } from './environment.ts'
import { failureCells } from './failure-lines.ts'
import { checkCells, countCells, trendCells } from './figure-lines.ts'
import { formatNumber } from './format.ts'
import { emptyTitle, goalCells, unjudgedGroups } from './goal-lines.ts'
import { type Goal, sortGoals } from './goals.ts'
import {
  factTexts,
  findingTexts,
  goalTitles,
  slaTexts,
  verdictText,
  warningTexts,
} from './headline.ts'
import { html, jsonMarkup, type Markup, trusted } from './markup.ts'
import style from './page/page.css?compact'
import script from './page/page.ts?compact'
import { chartData, chartTable, grid, partTable } from './page-parts.ts'
import type { ReportChart } from './parts.ts'
import type { Report } from './record.ts'
import { pairCells, switchTexts } from './switch-lines.ts'
import { validityTexts } from './validity-lines.ts'
import { type Locale, worded } from './words/language.ts'
import { WORDS, type Words } from './words/words.ts'

/** No request leaves the page, whatever is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/**
 * A report as one page that needs nothing else: verdict, goals, causes, percentile curves, figures.
 * Tables are plain HTML; the charts are drawn by uPlot, which the page carries packed.
 */
export function renderHtml(report: Report, { locale = 'en' }: { locale?: Locale } = {}): string {
  const w = WORDS[locale]
  const curves = percentileCurves(report, w)
  const charts = curves.charts.concat(report.charts ?? [])
  const verdict = verdictText(report, w)
  const [mark, ...rest] = verdict.split(' - ')
  const validity = validityTexts(report.validity, w.validity)
  const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="k6-llm ${report.versions.k6llm}"><title>${report.preview && `${w.preview}: `}${verdict}</title><style>${trusted(style)}</style></head>
<body>${report.preview && html`<p class="preview">${w.preview}</p>`}<header><p class="facts">${factTexts(report, w).join(' · ')}</p>
<h1>${report.title}</h1>
<p class="verdict"><strong class="${report.verdict}">${mark as string}</strong> ${rest.join(' - ').replace(`${report.title}: `, '')}</p>
<p class="validity ${report.validity.state}">${validity.text}</p>${validity.fixes.map((fix) => html`<p class="muted">${fix}</p>`)}${warningTexts(report, w).map((text) => html`<p class="warning">${text}</p>`)}${slaTexts(report, w).map((text) => html`<p class="muted">${text}</p>`)}</header>
<main>${goalSections(report, w)}${failureSection(report, w)}${adviceSection(report, w)}${findingSection(report, w)}${
    curves.charts.length > 0 &&
    section(
      w.page.curves,
      html`<div class="charts">${curves.charts.map((chart) => figure(chart, worded(chart.title, locale), html``))}</div>${partTable(curves.table, locale, w)}`,
    )
  }${partSections(report, locale, w)}${switchSection(report, w)}${figureSections(report, w)}${section(
    w.page.environment,
    html`<table class="facts-table"><tbody>${environmentRows(report, w).map(
      ([label, text]) => html`<tr><th scope="row">${label}</th><td>${text}</td></tr>`,
    )}</tbody></table>`,
  )}</main>
<footer>k6-llm ${report.versions.k6llm}${charts.length > 0 && html`<noscript> · ${w.page.noScript}</noscript>`}</footer>${
    charts.length > 0 &&
    html`
<script type="application/json" id="data">${jsonMarkup(charts.map((chart) => chartData(chart, w, locale)))}</script>
<script type="text/plain" id="uplot">${trusted(library)}</script>
<script>${trusted(script)}</script>`
  }
</body></html>
`
  return page.markup
}

function section(title: string, body: Markup): Markup {
  return html`
<section><h2>${title}</h2>${body}</section>`
}

/** The goals, those that were missed first, then what was not judged. */
function goalSections(report: Report, w: Words): Markup[] {
  const { missed, empty, met } = sortGoals(report.goals)
  const titles = goalTitles(report, w)
  const groups: [Goal[], string, string, string][] = [
    [missed, '✗', 'fail', titles.missed],
    [empty, '–', 'none', emptyTitle(empty, w)],
    [met, '✓', 'pass', titles.met],
  ]
  const row = (goal: Goal, mark: string, kind: string) => {
    const { name, value, target } = goalCells(goal, w)
    return html`<tr class="${kind}"><td class="mark">${mark}</td><th scope="row">${name}${
      goal.sla !== undefined && report.slas.length > 1 && html` <small>${goal.sla}</small>`
    }</th><td>${value}${meter(goal)}</td><td>${target}</td></tr>`
  }
  const made = groups
    .filter(([goals]) => goals.length > 0)
    .map(([goals, mark, kind, title]) =>
      section(
        `${title} (${goals.length})`,
        html`<div class="scroll"><table class="goals"><thead><tr><th></th><th scope="col">${w.page.goal}</th><th scope="col">${w.page.value}</th><th scope="col">${w.page.limit}</th></tr></thead><tbody>${goals.map((goal) => row(goal, mark, kind))}</tbody></table></div>`,
      ),
    )
  for (const [measured, title] of [
    ['no', w.unmeasured],
    ['estimate', w.estimated],
    ['yes', w.unjudged],
  ]) {
    const groups = unjudgedGroups(
      report.unmeasured.filter((limit) => limit.measured === measured),
      w,
    )
    if (groups.length === 0) continue
    made.push(
      section(
        title as string,
        html`<ul>${groups.map(
          ({ limits, why, fix }) =>
            html`<li>${limits.map((text) => html`<div>${text}</div>`)}${why !== undefined && html`<div class="muted">${w.why} ${why}</div>`}${fix !== undefined && html`<div class="muted">${w.fix} ${fix}</div>`}</li>`,
        )}</ul>`,
      ),
    )
  }
  return made
}

/** How much of a limit was used, as a bar; nothing where a limit is a lower one. */
function meter({ value, goal, operator }: Goal): Markup | false {
  if (value === undefined || operator.charAt(0) !== '<' || !(goal > 0)) return false
  return html`<span class="meter" aria-hidden="true"><i style="width:${Math.round(Math.min(1, value / goal) * 100)}%"></i></span>`
}

function adviceSection(report: Report, w: Words): Markup | false {
  if (report.advice.length === 0) return false
  const { symptoms, causes } = w.advice
  return section(
    w.advice.title,
    html`${report.advice.map(
      (advice) =>
        html`<h3>${symptoms[advice.symptom]}</h3><ul>${advice.causes.map(
          ({ id, seen }) =>
            html`<li>${seen && html`<span class="seen">${w.advice.seen}</span> `}<b>${causes[id].cause}</b> ${causes[id].remedy}</li>`,
        )}</ul>`,
    )}`,
  )
}

function failureSection(report: Report, w: Words): Markup | false {
  const cells = failureCells(report)
  if (cells.length === 0) return false
  return section(w.failures, grid([[w.count, w.page.kind, ''], ...cells], [false, true, true]))
}

function findingSection(report: Report, w: Words): Markup | false {
  const texts = findingTexts(report, w)
  if (texts.length === 0) return false
  return section(
    w.findings.title,
    html`<ul>${texts.map(({ what, fix }) => html`<li><b>${what}</b> ${fix}</li>`)}</ul>`,
  )
}

function figure(chart: ReportChart, caption: string, table: Markup): Markup {
  return html`<figure>${
    caption !== '' && html`<figcaption>${caption}</figcaption>`
  }<div class="plot" data-chart="${chart.id}"></div>${table}</figure>`
}

/** Further charts, each with the table of its id; then the tables that have none. */
function partSections(report: Report, locale: Locale, w: Words): Markup[] {
  const charts = report.charts ?? []
  const tables = report.tables ?? []
  const made = charts.map((chart) => {
    const table = tables.filter(({ id }) => id === chart.id)[0]
    const title = worded((table ?? chart).title, locale)
    const note = chart.note === undefined ? [] : [worded(chart.note, locale)]
    const caption = [worded(chart.title, locale)].concat(note).filter((text) => text !== title)
    const below = table ? partTable(table, locale, w) : chartTable(chart, locale, w)
    return section(title, figure(chart, caption.join('. '), below))
  })
  for (const table of tables) {
    if (charts.some((chart) => chart.id === table.id)) continue
    made.push(section(worded(table.title, locale), partTable(table, locale, w)))
  }
  return made
}

function switchSection({ switches }: Report, w: Words): Markup | false {
  if (!switches) return false
  const texts = switchTexts(switches, w.switches)
  return section(
    w.switches.title,
    html`${texts.map((text) => html`<p>${text}</p>`)}${grid(pairCells(switches.pairs, w.switches))}`,
  )
}

function figureSections(report: Report, w: Words): Markup[] {
  const p = w.page
  const made: Markup[] = []
  for (const [title, rows] of [
    [w.latency, report.latency],
    [w.distributions, report.distributions],
  ] as const) {
    const cells = trendCells(rows, w)
    const head = [p.metric, 'p50', 'p95', 'p99', 'max', w.count]
    if (cells.length > 0) made.push(section(title, grid([head, ...cells])))
  }
  const counts = countCells(report, w)
  if (counts.length > 0) {
    const head = [p.metric, p.figure, '']
    made.push(section(w.counts, grid([head, ...counts], [true, false, true])))
  }
  const requests = report.counters.filter(
    ({ metric, selector }) => metric === 'llm_requests' && selector === '',
  )[0]?.count
  if (report.errors.length > 0) {
    const rows = report.errors.map(({ kind, count }) => [
      kind,
      formatNumber(count, ''),
      requests ? formatNumber(count / requests, 'share') : '–',
    ])
    made.push(section(p.failures, grid([[p.kind, w.count, p.share], ...rows])))
  }
  if (report.checks.length > 0) {
    const { head, failed } = checkCells(report, w)
    made.push(
      section(
        head,
        html`${
          failed.length > 0 &&
          html`<ul>${failed.map(([name, result]) => html`<li>✗ ${name}: ${result}</li>`)}</ul>`
        }`,
      ),
    )
  }
  return made
}
