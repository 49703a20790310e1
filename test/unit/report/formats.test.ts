import { describe, expect, test, vi } from 'vitest'
import { checkCells, countCells, trendCells } from '../../../src/report/figure-lines.ts'
import { goalCells } from '../../../src/report/goal-lines.ts'
import { renderHtml } from '../../../src/report/html.ts'
import { renderJson } from '../../../src/report/json.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { type Report, toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { schemaErrors } from '../../support/report-schema.ts'
import { sampleContext, sampleRun } from '../../support/sample-report.ts'

vi.stubGlobal('__ENV', {})

const report = toReport(sampleRun, sampleContext)

const spaced = (text: string) => text.replace(/\s+/g, ' ')

/** A line or row as its words: no markup, no columns, no word between value and goal. */
const words = {
  text: spaced,
  markdown: (text: string) =>
    spaced(
      text
        .replace(/(?<!\\)(\*\*|\|)/g, ' ')
        .replace(/\\([\\`*_[\]<>|~])/g, '$1')
        .replace(/&amp;/g, '&'),
    ),
  html: (text: string) =>
    spaced(
      text.replace(/<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(code)),
    ),
}

const formats = (locale: 'en' | 'ko') => ({
  text: renderText(report, { locale, width: 240 }).split('\n').map(words.text),
  markdown: renderMarkdown(report, { locale }).split('\n').map(words.markdown),
  html: renderHtml(report, { locale })
    .split(/(?=<tr|<li|<p|<h\d|<section)/)
    .map(words.html),
})

describe.each(['en', 'ko'] as const)('the figures of all formats are the same (%s)', (locale) => {
  const w = WORDS[locale]
  const all = Object.entries(formats(locale))
  const inOneRow = (rows: string[], cells: string[]) =>
    rows.some((row) => {
      let at = 0
      for (const cell of cells) {
        at = row.indexOf(spaced(cell).trim(), at)
        if (at < 0) return false
        at += cell.length
      }
      return true
    })

  test.each(all)('%s: verdict, validity, goals', (_format, rows) => {
    expect(
      inOneRow(rows, [locale === 'en' ? '3 of 8 goals not met' : '목표 8개 중 3개 미달']),
    ).toBe(true)
    expect(inOneRow(rows, ['valid:', '1.64 ms', '5 ms'])).toBe(true)
    for (const goal of report.goals.filter((goal) => !goal.isGate)) {
      const { name, value, target } = goalCells(goal, w)
      expect(inOneRow(rows, [name, value, target]), `${name} ${value} ${target}`).toBe(true)
    }
  })

  test.each(all)('%s: every figure', (_format, rows) => {
    const cells = [
      ...trendCells(report.latency, w),
      ...trendCells(report.distributions, w),
      ...countCells(report, w),
      ...checkCells(report, w).failed,
      ['16', '–', 'cell'],
      ['1', '212 ms', 'met'],
    ]
    expect(cells.length).toBeGreaterThan(20)
    for (const row of cells) expect(inOneRow(rows, row), row.join(' ')).toBe(true)
  })
})

test('JSON has what they were made from, by its schema', () => {
  const parsed = JSON.parse(renderJson(report)) as Report
  expect(parsed).toEqual(JSON.parse(JSON.stringify(report)))
  expect(schemaErrors(parsed)).toEqual([])
  expect(parsed.verdict).toBe('fail')
})

test('a script’s own metric and threshold are in it, thresholds that only split are not', () => {
  expect(report.goals.map((goal) => goal.metric)).toContain('my_own_metric')
  expect(report.goals.map((goal) => goal.threshold)).not.toContain('max>=0')
  for (const rows of Object.values(formats('en'))) {
    expect(rows.join('\n')).toContain('my_own_metric')
    expect(rows.join('\n')).not.toContain('>=0')
  }
})
