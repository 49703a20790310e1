import { certificateLine } from './certificate.ts'
import { formatSpan } from './format.ts'
import type { Report } from './record.ts'
import { validityTexts } from './validity-lines.ts'
import { wayText } from './way.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** What a reader must know of the run, as label and text: notes and settings among it. */
export function environmentRows(report: Report, w: Words): [string, string][] {
  const p = w.page
  const rows: [string, string][] = [
    [p.date, `${report.generatedAt.slice(0, 19).replace('T', ' ')} UTC`],
  ]
  if (report.durationMs !== undefined) {
    rows.push([p.duration, formatSpan(report.durationMs, w.span)])
  }
  if (report.peakUsers !== undefined) rows.push([p.load, fill(w.users, { n: report.peakUsers })])
  for (const { label, text } of report.notes) rows.push([label ?? w.notes, text])
  for (const { name, value } of report.configuration) rows.push([name, value])
  const way = wayText(report, w)
  if (way !== undefined) rows.push([p.transport, way])
  const { text, fixes } = validityTexts(report.validity, w.validity)
  rows.push([p.validity, [text, ...fixes].join(' ')])
  if (report.certificate) {
    const { machine } = report.certificate
    rows.push(['', certificateLine(report.certificate, w.validity, report.transport)])
    rows.push(['', `${machine.cpus} × ${machine.model}, ${machine.os}`])
  }
  const versions = [`k6-llm ${report.versions.k6llm}`]
  if (report.versions.k6) versions.push(`k6 ${report.versions.k6}`)
  rows.push([p.versions, versions.join(', ')])
  return rows
}
