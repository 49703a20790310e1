import { type Report, sortGoals, toldColumn } from '#node'
import { EXIT } from '../command.ts'

/** One test of several, as its report and its exit code tell. */
export interface Row {
  test: string
  /** of k6; null: not run, since Ctrl-C came before */
  code: number | null
  /** absent, as all below, where there is no report */
  verdict?: Report['verdict']
  validity?: Report['validity']['state']
  goals?: number
  met?: number
  requests?: number
  /** share, 0 to 1 */
  failed?: number
  /** p95 in ms, where enough was measured */
  ttft?: number
  /** p95 in ms */
  duration?: number
}

/** @param threw the script did, so that no verdict of its report holds */
export function rowOf(
  test: string,
  code: number,
  report: Report | undefined,
  threw: boolean = false,
): Row {
  // A report cannot tell an interruption within so long of the end as teardown took; k6's code can.
  const interrupted = code === EXIT.k6Interrupted
  if (!report) return interrupted ? { test, code, verdict: 'interrupted' } : { test, code }
  const { missed, empty, met } = sortGoals(report.goals)
  const failed = report.rates.find((rate) => rate.metric === 'llm_failed' && rate.selector === '')
  const p95 = (metric: string) => {
    const row = report.latency.find((one) => one.metric === metric && one.selector === '')
    return row && toldColumn(row, 'p95')
  }
  return {
    test,
    code,
    verdict: interrupted ? 'interrupted' : threw ? 'fail' : report.verdict,
    validity: report.validity.state,
    goals: missed.length + empty.length + met.length,
    met: met.length,
    ...(failed && { requests: failed.total, failed: failed.rate }),
    ...defined('ttft', p95('llm_ttft')),
    ...defined('duration', p95('llm_request_duration')),
  }
}

function defined<N extends string>(name: N, value: number | undefined) {
  return value === undefined ? {} : { [name]: value }
}

/** @returns lines of 80 columns */
export function toTable(rows: Row[]): string {
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

function milliseconds(value: number | undefined) {
  return value === undefined ? '-' : `${Math.round(value)}ms`
}
