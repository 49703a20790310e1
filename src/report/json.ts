import type { Report } from './record.ts'

/** The record as it is, indented: the format that programs read (docs/report-schema.json). */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}

/**
 * k6's own data without what may be secret, for a report that could not be made: `setup_data` is
 * what `setup()` returned, such as a token; the machine-readable shape has the whole script.
 */
export function rawJson(data: unknown): string {
  return `${JSON.stringify(data, (key, value) =>
    key === 'setup_data' || key === 'script' ? undefined : value,
  )}\n`
}
