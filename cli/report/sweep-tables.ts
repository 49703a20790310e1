import { type Cell, type ReportTable, VALIDITY_LIMITS } from '#node'
import type { Words } from '../words/en.ts'
import { inEach, nameOf } from '../words/in-each.ts'
import type { LoadRow, Sweep } from './sweep-figures.ts'

/** What each load got, with the answer above it; then its latencies. */
export function sweepTables(sweep: Sweep): ReportTable[] {
  const { rows, latency } = sweep
  const step = { title: inEach((words) => words.sweep.step) }
  const load: ReportTable = {
    id: 'sweep-load',
    title: inEach((words) => words.sweep.load),
    note: inEach((words) => answer(sweep, words)),
    columns: [
      step,
      { title: inEach((words) => words.common.requests) },
      { title: inEach((words) => words.sweep.achieved) },
      { title: inEach((words) => words.sweep.tokens) },
      { title: nameOf('llm_goodput'), unit: 'share' },
      { title: inEach((words) => words.common.failed), unit: 'share' },
      { title: inEach((words) => words.sweep.dropped), unit: 'share' },
      { title: inEach((words) => words.sweep.goals) },
    ],
    rows: rows.map((row) => [
      labelOf(row),
      row.load.requests,
      row.load.achieved,
      row.load.tokens === undefined ? null : Math.round(row.load.tokens),
      row.share('llm_goodput'),
      row.share('llm_failed'),
      row.load.dropped,
      outcomeOf(row),
    ]),
  }
  const times: ReportTable = {
    id: 'sweep',
    title: inEach((words) => words.sweep.latency),
    columns: [
      step,
      { title: withRank(latency, 50), unit: 'ms' },
      { title: 'p95', unit: 'ms' },
      { title: inEach((words) => words.sweep.intervalOfP95), align: 'right' },
      { title: 'p99', unit: 'ms' },
      { title: withRank('llm_tpot', 95), unit: 'ms' },
      { title: withRank('llm_request_duration', 95), unit: 'ms' },
    ],
    rows: rows.map((row) => [
      labelOf(row),
      row.at(latency, 0.5),
      row.at(latency, 0.95),
      row.range && `${row.range.map(Math.round).join(' … ')} ms`,
      row.at(latency, 0.99),
      row.at('llm_tpot', 0.95),
      row.at('llm_request_duration', 0.95),
    ]),
  }
  return [load, times]
}

function withRank(metric: string, rank: number) {
  const name = nameOf(metric)
  return inEach((_words, locale) => `${name[locale]} p${rank}`)
}

function labelOf({ load: { label, steps } }: LoadRow) {
  return steps.length > 1 ? `${label} ×${steps.length}` : label
}

function outcomeOf({ outcome }: LoadRow): Cell {
  return outcome === undefined ? null : inEach((words) => words.sweep.outcomes[outcome])
}

/** The highest load, how sure that is, and what else the curve says. */
function answer(sweep: Sweep, { sweep: words }: Words): string {
  const { rows, unit, sla, highest, lowestMissed, passedAbove, sure, bend } = sweep
  const named = (i: number) => rows[i]?.load.label ?? ''
  const parts: string[] = []
  if (sla !== undefined) parts.push(words.byReport(sla))
  if (rows.every(({ outcome }) => outcome === undefined)) parts.push(words.noGoals)
  else if (highest !== undefined) {
    const often = sure ? words.sure(Math.floor((sure.rounds / sure.of) * 100), sure.of) : ''
    parts.push(words.highest(named(highest), often))
    if (highest === rows.length - 1) parts.push(words.last)
  } else if (passedAbove.length > 0) parts.push(words.notLowest(named(0)))
  else parts.push(words.none)
  if (passedAbove.length > 0 && lowestMissed !== undefined) {
    parts.push(words.above(passedAbove.map(named).join(', '), named(lowestMissed)))
  }
  if (bend !== undefined) parts.push(words.bend(named(bend)))
  const lost = rows.filter(({ load }) => !load.keptUp).map(({ load }) => load.label)
  if (lost.length > 0 && unit === 'requests/s') {
    const { unfinished, dropped } = VALIDITY_LIMITS
    const least = Math.round((1 - unfinished.invalid) * 100)
    parts.push(words.lost(least, dropped.invalid * 100, lost.join(', ')))
  }
  return parts.join(' ')
}
