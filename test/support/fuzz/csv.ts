import { parse } from 'papaparse'
import { expect, test } from 'vitest'
import { createRandom } from '../../../src/core/random.ts'
import { parseCsv } from '../../../src/workload/csv.ts'

export function fuzzCsv(rounds: number): void {
  test(`reads what Papa Parse reads, on ${rounds} texts of chance`, () => {
    const random = createRandom(3)
    const bits = [
      'a',
      'b c',
      ',',
      '"',
      '""',
      '\n',
      '\r\n',
      ' ',
      'é',
      '한글',
      '"x"',
      '"y,z"',
      '"1\n2"',
      ',,',
    ]
    let compared = 0
    for (let i = 0; i < rounds; i++) {
      const text = Array.from({ length: random.integer(1, 12) }, () => random.item(bits)).join('')
      const theirs = parse<string[]>(text, { delimiter: ',', newline: '\n', skipEmptyLines: true })
      // What is no CSV is read in different ways: a quote within or after a field.
      if (theirs.errors.length > 0 || /\r/.test(text)) continue
      if (/[^,\n"]"|"[^,\n"]|^"[^"]*"[^,\n]/.test(text.replace(/"([^"]|"")*"(?=,|\n|$)/g, 'q')))
        continue
      compared++
      const ours = parseCsv(text)
      expect(ours.unclosed, JSON.stringify(text)).toBeUndefined()
      expect(
        ours.records.map((r) => r.fields),
        JSON.stringify(text),
      ).toEqual(theirs.data)
    }
    expect(compared).toBeGreaterThan(rounds / 10)
  }, 60_000)
}
