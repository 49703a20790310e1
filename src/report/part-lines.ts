import { displayWidth, table, wrap } from './layout.ts'
import { cellText, headingText, type ReportTable } from './parts.ts'
import { type Locale, worded } from './words/language.ts'
import type { Words } from './words/words.ts'

/**
 * A table in aligned columns, or where the terminal is too narrow for it, each row as
 * `first cell: heading value, heading value`.
 */
export function partLines(part: ReportTable, w: Words, locale: Locale, width: number): string[] {
  const headings = part.columns.map((column) => headingText(column, w, locale))
  const rows = part.rows.map((row) =>
    part.columns.map(({ unit }, i) => cellText(row[i] ?? null, unit, locale)),
  )
  const left = part.columns.map(
    ({ align }, i) => (align ?? (i === 0 ? 'left' : 'right')) === 'left',
  )
  const note = part.note === undefined ? [] : wrap(worded(part.note, locale), width - 2)
  const square = table([headings, ...rows], '', left)
  const body = square.every((line) => displayWidth(line) <= width - 2)
    ? square
    : rows.reduce<string[]>((lines, [first, ...rest]) => {
        const figures = rest.map((cell, i) => `${headings[i + 1]} ${cell}`).join(', ')
        return lines.concat(wrap(`${first}: ${figures}`, width - 2))
      }, [])
  return note.concat(body).map((line) => `  ${line}`)
}
