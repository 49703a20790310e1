import type { Report } from './record.ts'

/** The record as it is, indented: the format that programs read (docs/report-schema.json). */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
