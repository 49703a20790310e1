import { BrokenLine } from './json-lines.ts'
import { metricTypeOf, type Typed } from './metric-types.ts'
import type { Samples } from './samples.ts'

const FIXED = ['metric_name', 'timestamp', 'metric_value']

/**
 * Splits one record of CSV as Go's encoding/csv writes it (RFC 4180).
 *
 * @param line may hold line ends inside quotes
 * @returns undefined: a quote is still open, the record goes on
 */
export function splitRecord(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at)
      fields.push(comma < 0 ? line.slice(at) : line.slice(at, comma))
      if (comma < 0) return fields
      at = comma + 1
      continue
    }
    let field = ''
    for (at++; ; ) {
      const quote = line.indexOf('"', at)
      if (quote < 0) return undefined
      field += line.slice(at, quote)
      at = quote + 1
      if (line[at] !== '"') break
      field += '"'
      at++
    }
    fields.push(field)
    if (at >= line.length) return fields
    if (line[at] !== ',') throw new BrokenLine('text behind a closing quote')
    at++
  }
}

/**
 * The tags that have no column of their own: `model=a&step=rate=12`. k6 escapes nothing here, so
 * what has no `=` belongs to the value before.
 *
 * @param tags are added to
 */
export function addExtraTags(text: string, tags: Record<string, string>) {
  let last = ''
  for (const part of text.split('&')) {
    const equals = part.indexOf('=')
    if (equals <= 0) {
      if (last !== '') tags[last] += `&${part}`
      continue
    }
    last = part.slice(0, equals)
    tags[last] = part.slice(equals + 1)
  }
}

/** `timestamp` in ms: whole seconds by default, or as K6_CSV_TIME_FORMAT says. */
export function csvTime(text: string) {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,13}$/.test(text)) return Number(text)
  if (/^\d{15,16}$/.test(text)) return Number(text) / 1000
  if (/^\d{18,19}$/.test(text)) return Number(text) / 1e6
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
}

export interface CsvReader {
  /** @throws BrokenLine */
  line(this: void, buffer: Buffer, start: number, end: number): void
  /** whether the end is inside of a record */
  cut(): boolean
}

/**
 * Reads lines of `k6 run --out csv`, the heading first. It has no definitions: types of metrics are
 * known by their names; samples of a script's own metrics are left out and counted in `untyped`.
 *
 * @param types of a script's own metrics, where they are known
 */
export function csvLineReader(
  samples: Samples,
  untyped: Map<string, number>,
  types: Readonly<Record<string, Typed>> = {},
): CsvReader {
  let heading: string[] | undefined
  let open = ''
  let openLines = 0
  /** by all fields but time and value */
  const known = new Map<string, Record<string, string>>()

  const read = (fields: string[]) => {
    if (!heading || FIXED.every((name, i) => fields[i] === name)) {
      if (heading) samples.begin()
      known.clear()
      heading = fields
      const missing = FIXED.find((name, i) => fields[i] !== name)
      if (missing) throw new BrokenLine(`expected the heading ${FIXED.join(',')},…`)
      return
    }
    if (fields.length !== heading.length) {
      throw new BrokenLine(`${fields.length} fields, the heading has ${heading.length}`)
    }
    const [name = '', timestamp = '', value = ''] = fields
    const time = csvTime(timestamp)
    if (Number.isNaN(time)) {
      throw new BrokenLine(`timestamp ${JSON.stringify(timestamp)} is no time`)
    }
    const number = Number(value)
    if (value === '' || !Number.isFinite(number)) {
      throw new BrokenLine(`metric_value ${JSON.stringify(value)} is no number`)
    }
    const type = metricTypeOf(name) ?? types[name]
    const given = samples.metrics.get(name)
    if (!type && !given) {
      untyped.set(name, (untyped.get(name) ?? 0) + 1)
      return
    }
    const metric = given ?? samples.metric(name, type?.type ?? 'trend', type?.contains ?? 'default')
    const id = fields.slice(FIXED.length).join('\u0000')
    let tags = known.get(id)
    if (!tags) {
      if (known.size >= 4096) known.clear()
      tags = tagsOf(heading, fields)
      known.set(id, tags)
    }
    samples.add(metric.seriesOf(tags), time, number)
  }

  return {
    line(buffer, start, end) {
      if (buffer[end - 1] === 13) end--
      const text = buffer.toString('utf8', start, end)
      if (open === '' && text === '') return
      const record = open === '' ? text : `${open}\n${text}`
      const fields = splitRecord(record)
      if (fields === undefined) {
        open = record
        // A quote that never closes would swallow the file.
        if (++openLines < 1000) return
        open = ''
        openLines = 0
        throw new BrokenLine('a quote that is not closed')
      }
      open = ''
      openLines = 0
      read(fields)
    },
    cut: () => open !== '',
  }
}

function tagsOf(heading: string[], fields: string[]) {
  const tags: Record<string, string> = {}
  heading.forEach((column, i) => {
    const value = fields[i]
    if (i < FIXED.length || !value) return
    if (column === 'extra_tags') addExtraTags(value, tags)
    else if (column !== 'metadata') tags[column] = value
  })
  return tags
}
