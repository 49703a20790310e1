// The summary at the end, for scripts that have no handleSummary of their own.
import type { Group } from './metrics/checks.ts'
import type { SummaryData, SummaryMetric } from './summary.ts'

export function summaryText(data: SummaryData): string {
  const lines = ['']
  const metrics = Object.entries(data.metrics)
  const judged = metrics.flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds).map(
      ([source, { ok }]) => `    ${ok ? '✓' : '✗'} ${name}: ${source}`,
    ),
  )
  if (judged.length > 0) lines.push('  THRESHOLDS', ...judged, '')
  const checks = checkLines(data.root_group, '    ')
  if (checks.length > 0) lines.push('  CHECKS', ...checks, '')

  lines.push('  METRICS')
  const shown = metrics
    .filter(([name]) => !name.startsWith('http_req_duration{expected_response'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(...shown.map(([name]) => name.length)) + 2
  for (const [name, metric] of shown) {
    lines.push(`    ${`${name}${'.'.repeat(width - name.length)}`}: ${figuresOf(metric)}`)
  }
  lines.push('')
  return lines.join('\n')
}

function checkLines(group: Group, indent: string): string[] {
  return [
    ...group.checks.map(({ name, passes, fails }) => {
      if (fails === 0) return `${indent}✓ ${name}`
      const share = Math.floor((100 * passes) / (passes + fails))
      return `${indent}✗ ${name}: ${share} %, ✓ ${passes} / ✗ ${fails}`
    }),
    ...group.groups.flatMap((inner) => {
      const lines = checkLines(inner, `${indent}  `)
      return lines.length === 0 ? [] : [`${indent}█ ${inner.name}`, ...lines]
    }),
  ]
}

function figuresOf({ type, contains, values }: SummaryMetric) {
  const unit = (value: number) => {
    if (contains === 'time') return `${number(value)}ms`
    if (contains === 'data') return bytes(value)
    return number(value)
  }
  if (type === 'counter') return `${unit(values.count ?? 0)}  ${unit(values.rate ?? 0)}/s`
  if (type === 'gauge')
    return `${unit(values.value ?? 0)}  min=${unit(values.min ?? 0)} max=${unit(values.max ?? 0)}`
  if (type === 'rate') {
    const { fails = 0, passes = 0, rate = 0 } = values
    return `${number(100 * rate)}%  ${passes} out of ${passes + fails}`
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${name === 'count' ? value : unit(value)}`)
    .join(' ')
}

function number(value: number) {
  return String(Math.round(value * 100) / 100)
}

function bytes(value: number) {
  const units = ['B', 'kB', 'MB', 'GB']
  let at = 0
  let rest = value
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000
    at++
  }
  return `${number(rest)} ${units[at]}`
}
