import { formatNumber } from './format.ts'
import { displayWidth, pad, wrap } from './layout.ts'
import type { Report } from './record.ts'

/** What failed as cells: how often, kind and status, the server's words. */
export function failureCells({ failures = [] }: Report): [string, string, string][] {
  return failures.map(({ kind, status, words, count }) => [
    formatNumber(count, ''),
    status > 0 ? `${kind} ${status}` : kind,
    words,
  ])
}

/** The same in lines. */
export function failureLines(report: Report, width: number): string[] {
  const cells = failureCells(report)
  const widest = (i: 0 | 1) => Math.max(0, ...cells.map((row) => displayWidth(row[i])))
  const [counts, kinds] = [widest(0), widest(1)]
  const start = counts + kinds + 6
  const lines: string[] = []
  for (const [count, kind, words] of cells) {
    const [first = '', ...rest] = wrap(words, width - start)
    lines.push(`  ${pad(count, counts, true)}  ${pad(kind, kinds)}  ${first}`.replace(/\s+$/, ''))
    for (const line of rest) lines.push(' '.repeat(start) + line)
  }
  return lines
}
