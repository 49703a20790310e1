import library from 'uplot/dist/uPlot.iife.min.js?packed'
import { ADVICE } from './advice-texts.ts'
import { percentileCurves } from './curves.ts'
import { environmentRows } from './environment.ts'
import { checkCells, countCells, trendCells } from './figure-lines.ts'
import { formatNumber } from './format.ts'
import { goalCells, unjudgedGroups } from './goal-lines.ts'
import { type Goal, sortGoals } from './goals.ts'
import { factTexts, findingTexts, slaTexts, verdictText, warningTexts } from './headline.ts'
import { html, jsonMarkup, type Markup, trusted } from './markup.ts'
import { type Locale, MESSAGES, type Messages } from './messages.ts'
import style from './page/page.css?compact'
import script from './page/page.js?compact'
import { chartData, chartTable, grid, partTable } from './page-parts.ts'
import { type ReportChart, worded } from './parts.ts'
import type { Report } from './record.ts'
import { pairCells, switchTexts } from './switch-lines.ts'
import { validityTexts } from './validity-lines.ts'

/** No request leaves the page, whatever is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/**
 * A report as one page that needs nothing else: verdict, goals, causes, percentile curves, figures.
 * Tables are plain HTML; the charts are drawn by uPlot, which the page carries packed.
 */
export function renderHtml(report: Report, { locale = 'en' }: { locale?: Locale } = {}): string {
  const m = MESSAGES[locale]
  const curves = percentileCurves(report, m)
  const charts = curves.charts.concat(report.charts ?? [])
  const verdict = verdictText(report, m)
  const [mark, ...rest] = verdict.split(' - ')
  const validity = validityTexts(report.validity, m.validity)
  const page = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="generator" content="k6-llm ${report.versions.k6llm}"><title>${verdict}</title><style>${trusted(style)}</style></head>
<body><header><p class="facts">${factTexts(report, m).join(' · ')}</p>
<h1>${report.title}</h1>
<p class="verdict"><strong class="${report.verdict}">${mark as string}</strong> ${rest.join(' - ').replace(`${report.title}: `, '')}</p>
<p class="validity ${report.validity.state}">${validity.text}</p>${validity.fixes.map((fix) => html`<p class="muted">${fix}</p>`)}${warningTexts(report, m).map((text) => html`<p class="warning">${text}</p>`)}${slaTexts(report, m).map((text) => html`<p class="muted">${text}</p>`)}</header>
<main>${goalSections(report, m)}${adviceSection(report, locale, m)}${findingSection(report, m)}${
    curves.charts.length > 0 &&
    section(
      m.page.curves,
      html`<div class="charts">${curves.charts.map((chart) => figure(chart, worded(chart.title, locale), html``))}</div>${partTable(curves.table, locale, m)}`,
    )
  }${partSections(report, locale, m)}${switchSection(report, m)}${figureSections(report, m)}${section(
    m.page.environment,
    html`<table class="facts-table"><tbody>${environmentRows(report, m).map(
      ([label, text]) => html`<tr><th scope="row">${label}</th><td>${text}</td></tr>`,
    )}</tbody></table>`,
  )}</main>
<footer>k6-llm ${report.versions.k6llm}${charts.length > 0 && html`<noscript> · ${m.page.noScript}</noscript>`}</footer>${
    charts.length > 0 &&
    html`
<script type="application/json" id="data">${jsonMarkup(charts.map((chart) => chartData(chart, m, locale)))}</script>
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
function goalSections(report: Report, m: Messages): Markup[] {
  const { missed, empty, met } = sortGoals(report.goals)
  const groups: [Goal[], string, string, string][] = [
    [missed, '✗', 'fail', m.missed],
    [empty, '–', 'none', m.empty],
    [met, '✓', 'pass', m.met],
  ]
  const row = (goal: Goal, mark: string, kind: string) => {
    const { name, value, target } = goalCells(goal, m)
    return html`<tr class="${kind}"><td class="mark">${mark}</td><th scope="row">${name}${
      goal.sla !== undefined && report.slas.length > 1 && html` <small>${goal.sla}</small>`
    }</th><td>${value}${meter(goal)}</td><td>${target}</td></tr>`
  }
  const made = groups
    .filter(([goals]) => goals.length > 0)
    .map(([goals, mark, kind, title]) =>
      section(
        `${title} (${goals.length})`,
        html`<div class="scroll"><table class="goals"><thead><tr><th></th><th scope="col">${m.page.goal}</th><th scope="col">${m.page.value}</th><th scope="col">${m.page.limit}</th></tr></thead><tbody>${goals.map((goal) => row(goal, mark, kind))}</tbody></table></div>`,
      ),
    )
  for (const [measured, title] of [
    ['no', m.unmeasured],
    ['estimate', m.estimated],
    ['yes', m.unjudged],
  ]) {
    const groups = unjudgedGroups(
      report.unmeasured.filter((limit) => limit.measured === measured),
      m,
    )
    if (groups.length === 0) continue
    made.push(
      section(
        title as string,
        html`<ul>${groups.map(
          ({ limits, why, fix }) =>
            html`<li>${limits.map((text) => html`<div>${text}</div>`)}${why !== undefined && html`<div class="muted">${m.why} ${why}</div>`}${fix !== undefined && html`<div class="muted">${m.fix} ${fix}</div>`}</li>`,
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

function adviceSection(report: Report, locale: Locale, m: Messages): Markup | false {
  if (report.advice.length === 0) return false
  const { symptoms, causes } = ADVICE[locale]
  return section(
    m.advice,
    html`${report.advice.map(
      (advice) =>
        html`<h3>${symptoms[advice.symptom]}</h3><ul>${advice.causes.map(
          ({ id, seen }) =>
            html`<li>${seen && html`<span class="seen">${m.seen}</span> `}<b>${causes[id].cause}</b> ${causes[id].remedy}</li>`,
        )}</ul>`,
    )}`,
  )
}

function findingSection(report: Report, m: Messages): Markup | false {
  const texts = findingTexts(report, m)
  if (texts.length === 0) return false
  return section(
    m.findings,
    html`<ul>${texts.map(({ what, fix }) => html`<li><b>${what}</b> ${fix}</li>`)}</ul>`,
  )
}

function figure(chart: ReportChart, caption: string, table: Markup): Markup {
  return html`<figure>${
    caption !== '' && html`<figcaption>${caption}</figcaption>`
  }<div class="plot" data-chart="${chart.id}"></div>${table}</figure>`
}

/** Further charts, each with the table of its id; then the tables that have none. */
function partSections(report: Report, locale: Locale, m: Messages): Markup[] {
  const charts = report.charts ?? []
  const tables = report.tables ?? []
  const made = charts.map((chart) => {
    const table = tables.filter(({ id }) => id === chart.id)[0]
    const title = worded((table ?? chart).title, locale)
    const note = chart.note === undefined ? [] : [worded(chart.note, locale)]
    const caption = [worded(chart.title, locale)].concat(note).filter((text) => text !== title)
    const below = table ? partTable(table, locale, m) : chartTable(chart, locale, m)
    return section(title, figure(chart, caption.join('. '), below))
  })
  for (const table of tables) {
    if (charts.some((chart) => chart.id === table.id)) continue
    made.push(section(worded(table.title, locale), partTable(table, locale, m)))
  }
  return made
}

function switchSection({ switches }: Report, m: Messages): Markup | false {
  if (!switches) return false
  const texts = switchTexts(switches, m.switches)
  return section(
    m.switches.title,
    html`${texts.map((text) => html`<p>${text}</p>`)}${grid(pairCells(switches.pairs, m.switches))}`,
  )
}

function figureSections(report: Report, m: Messages): Markup[] {
  const p = m.page
  const made: Markup[] = []
  for (const [title, rows] of [
    [m.latency, report.latency],
    [m.distributions, report.distributions],
  ] as const) {
    const cells = trendCells(rows, m)
    const head = [p.metric, 'p50', 'p95', 'p99', 'max', m.count]
    if (cells.length > 0) made.push(section(title, grid([head, ...cells])))
  }
  const counts = countCells(report, m)
  if (counts.length > 0) {
    const head = [p.metric, p.figure, '']
    made.push(section(m.counts, grid([head, ...counts], [true, false, true])))
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
    made.push(section(p.failures, grid([[p.kind, m.count, p.share], ...rows])))
  }
  if (report.checks.length > 0) {
    const { head, failed } = checkCells(report, m)
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
