/** One record and the line on which it begins. */
export interface CsvRecord {
  line: number
  fields: string[]
}

/**
 * Reads CSV (RFC 4180): fields in quotes may have commas, line ends and doubled quotes; lines end
 * in LF, CRLF or CR; empty lines and a byte order mark are skipped. A quote within a field that
 * has none at its beginning is text.
 *
 * @param delimiter one character between fields
 * @returns the records, and the line of a quote that is never closed
 */
export function parseCsv(
  text: string,
  delimiter = ',',
): { records: CsvRecord[]; unclosed?: number } {
  const records: CsvRecord[] = []
  const end = text.length
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let fields: string[] = []
  let begun = line
  const close = () => {
    if (fields.length > 1 || fields[0] !== '') records.push({ line: begun, fields })
    fields = []
  }
  while (at < end) {
    if (fields.length === 0) begun = line
    let field = ''
    if (text.charAt(at) === '"') {
      const opened = line
      let from = ++at
      for (;;) {
        const quote = text.indexOf('"', at)
        if (quote < 0) return { records, unclosed: opened }
        at = quote + 1
        if (text.charAt(at) !== '"') {
          field += text.slice(from, quote)
          break
        }
        field += text.slice(from, at) // one of the two
        from = ++at
      }
      line += lineEnds(field)
    }
    // The rest up to the next delimiter or line end: all of a field without quotes.
    const from = at
    while (at < end && text.charAt(at) !== delimiter && !isLineEnd(text.charCodeAt(at))) at++
    field += text.slice(from, at)
    fields.push(field)
    if (text.charAt(at) === delimiter) {
      at++
      if (at === end || isLineEnd(text.charCodeAt(at))) fields.push('')
      if (at < end && !isLineEnd(text.charCodeAt(at))) continue
    }
    close()
    if (text.charAt(at) === '\r' && text.charAt(at + 1) === '\n') at++
    at++
    line++
  }
  if (fields.length > 0) close()
  return { records }
}

const isLineEnd = (code: number) => code === 10 || code === 13

function lineEnds(text: string): number {
  const found = text.match(/\r\n|\r|\n/g)
  return found === null ? 0 : found.length
}
