/** @import { Report } from '../../src/report/record.ts' */

/**
 * One test of several, as its report and its exit code tell.
 *
 * @typedef {object} Row
 * @property {string} test
 * @property {number | null} code of k6; null: not run, since Ctrl-C came before
 * @property {Report['verdict']} [verdict] absent, as all below, where there is no report
 * @property {Report['validity']['state']} [validity]
 * @property {number} [goals]
 * @property {number} [met]
 * @property {number} [requests]
 * @property {number} [failed] share, 0 to 1
 * @property {number} [ttft] p95 in ms, where it was measured
 * @property {number} [duration] p95 in ms
 */

/**
 * @param {string} test
 * @param {number} code
 * @param {Report | undefined} report
 * @param {typeof import('../../src/report.ts').sortGoals} sortGoals the library's, of dist/report.js
 * @returns {Row}
 */
export function rowOf(test, code, report, sortGoals) {
  if (!report) return { test, code }
  const { missed, empty, met } = sortGoals(report.goals)
  const failed = report.rates.find((rate) => rate.metric === 'llm_failed' && rate.selector === '')
  const p95 = (/** @type {string} */ metric) =>
    report.latency.find((row) => row.metric === metric && row.selector === '')?.p95
  return {
    test,
    code,
    verdict: report.verdict,
    validity: report.validity.state,
    goals: missed.length + empty.length + met.length,
    met: met.length,
    ...(failed && { requests: failed.total, failed: failed.rate }),
    ...defined('ttft', p95('llm_ttft')),
    ...defined('duration', p95('llm_request_duration')),
  }
}

/**
 * @template {string} N
 * @param {N} name
 * @param {number | undefined} value
 */
function defined(name, value) {
  return value === undefined ? {} : { [name]: value }
}

/**
 * @param {Row[]} rows
 * @returns {string} lines of 80 columns
 */
export function toTable(rows) {
  const cells = [
    ['test', 'code', 'verdict', 'validity', 'goals', 'requests', 'failed', 'TTFT', 'whole'],
    ['', '', '', '', '', '', '', 'p95', 'p95'],
    ...rows.map((row) => [
      row.test,
      row.code === null ? '-' : String(row.code),
      row.code === null ? 'not run' : (row.verdict ?? 'no report').toUpperCase(),
      row.validity ?? '-',
      row.goals === undefined ? '-' : `${row.met}/${row.goals}`,
      row.requests === undefined ? '-' : String(row.requests),
      row.failed === undefined ? '-' : `${Number((row.failed * 100).toPrecision(3))}%`,
      milliseconds(row.ttft),
      milliseconds(row.duration),
    ]),
  ]
  const widths = (cells[0] ?? []).map((_, i) =>
    Math.max(...cells.map((row) => row[i]?.length ?? 0)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, i) =>
          i === 0 || i === 2 || i === 3
            ? cell.padEnd(widths[i] ?? 0)
            : cell.padStart(widths[i] ?? 0),
        )
        .join(' ')
        .trimEnd(),
    )
    .join('\n')
}

/** @param {number | undefined} value */
function milliseconds(value) {
  return value === undefined ? '-' : `${Math.round(value)}ms`
}
