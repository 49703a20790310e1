/**
 * Columns that a text takes on a terminal: a Hangul, Han or kana character and an emoji take two.
 * (Ranges of East Asian Width W and F, Unicode 15: k6's engine has no `\p{…}`.)
 */
export function displayWidth(text: string): number {
  let width = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const wide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0x303e) ||
      (code >= 0x3041 && code <= 0xa4cf) ||
      (code >= 0xa960 && code <= 0xa97c) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff01 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6)
    // Each half of a surrogate pair counts 1: an emoji is 2 in all.
    width += wide ? 2 : 1
  }
  return width
}

/** Fills a text with spaces up to a width, on its right; on its left where `right` aligned. */
export function pad(text: string, width: number, right = false): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return right ? fill + text : text + fill
}

/** Cuts a text to a width, with `…` at the end of what was cut. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}

/** Breaks a text at spaces into lines of at most `width`; a longer word is cut through. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(/\s+/)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    while (displayWidth(word) > width) {
      let head = ''
      for (const character of word) {
        if (displayWidth(head + character) > width) break
        head += character
      }
      lines.push(head)
      word = word.slice(head.length)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines
}

/**
 * Rows as lines of aligned columns, two spaces apart.
 *
 * @param left which columns are left aligned; the first alone unless given
 */
export function table(rows: string[][], indent: string, left: boolean[] = [true]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))
    })
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) => pad(cell, widths[i] as number, !left[i]))
    return `${indent}${cells.join('  ')}`.replace(/\s+$/, '')
  })
}
