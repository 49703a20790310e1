import { certificateLine } from './certificate.ts'
import { formatSpan } from './format.ts'
import { fill, type Messages } from './messages.ts'
import type { Report } from './record.ts'
import { validityTexts } from './validity-lines.ts'

/** What a reader must know of the run, as label and text: notes and settings among it. */
export function environmentRows(report: Report, m: Messages): [string, string][] {
  const p = m.page
  const rows: [string, string][] = [
    [p.date, `${report.generatedAt.slice(0, 19).replace('T', ' ')} UTC`],
  ]
  if (report.durationMs !== undefined) {
    rows.push([p.duration, formatSpan(report.durationMs, m.span)])
  }
  if (report.peakUsers !== undefined) rows.push([p.load, fill(m.users, { n: report.peakUsers })])
  for (const { label, text } of report.notes) rows.push([label ?? m.notes, text])
  for (const { name, value } of report.configuration) rows.push([name, value])
  if (report.streaming !== undefined) {
    rows.push([p.transport, report.streaming ? p.streamed : p.whole])
  }
  const { text, fixes } = validityTexts(report.validity, m.validity)
  rows.push([p.validity, [text, ...fixes].join(' ')])
  if (report.certificate) {
    const { machine } = report.certificate
    rows.push(['', certificateLine(report.certificate, m.validity)])
    rows.push(['', `${machine.cpus} × ${machine.model}, ${machine.os}`])
  }
  const versions = [`k6-llm ${report.versions.k6llm}`]
  if (report.versions.k6) versions.push(`k6 ${report.versions.k6}`)
  rows.push([p.versions, versions.join(', ')])
  return rows
}
