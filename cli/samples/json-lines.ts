import { messageOf } from '../fault.ts'
import { expressionOf, isObject, isTexts } from './json.ts'
import { emptyPoint, scanPoint } from './point.ts'
import type { Metric, Samples, Series } from './samples.ts'
import { isMetricType } from './sink.ts'
import { parseTime } from './time.ts'

/** A line that is not what k6 writes; `message` tells what was expected. */
export class BrokenLine extends Error {}

/** So many tag sets are remembered by their bytes; with more (a URL for each request) anew. */
const REMEMBERED = 4096

/** A series by the bytes of its tags. */
interface Known {
  bytes: Buffer
  series: Series
}

/** Reads lines of `k6 run --out json`; what it returns throws a {@link BrokenLine}. */
export function jsonLineReader(
  samples: Samples,
): (buffer: Buffer, start: number, end: number) => void {
  const point = emptyPoint()
  const names = new NameTable(samples)

  return (buffer, start, end) => {
    if (buffer[end - 1] === 13) end--
    if (end === start) return
    if (scanPoint(buffer, start, end, point)) {
      const entry = names.at(buffer, point.metricFrom, point.metricTo)
      if (!entry) throw new BrokenLine("a sample before the line that tells its metric's type")
      const series = entry.seriesAt(buffer, point.tagsFrom, point.tagsTo, point.hash)
      samples.add(series, point.time, point.value)
      return
    }
    readParsed(parse(buffer.toString('utf8', start, end)), samples)
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    // One began while the other was at it.
    const second = line.slice(1).search(/\{"(metric|type)":"/) >= 0
    if (second) throw new BrokenLine('two lines in one: did two programs write to this file?')
    throw new BrokenLine(`no JSON: ${messageOf(error)}`)
  }
}

/** A line as JSON.parse reads it: a metric, a sample of an unusual form, or none of both. */
function readParsed(row: unknown, samples: Samples) {
  const { type, metric: name, data } = isObject(row) ? row : {}
  const fields = isObject(data) ? data : {}
  if (type === 'Metric') return defineMetric(fields, samples)
  if (type !== 'Point' || typeof name !== 'string') {
    throw new BrokenLine('expected a line with "type":"Metric" or "type":"Point"')
  }
  const { time, value, tags } = fields
  if (typeof value !== 'number') throw new BrokenLine('a sample without a number as its value')
  const text = Buffer.from(String(time))
  const ms = parseTime(text, 0, text.length)
  if (Number.isNaN(ms)) throw new BrokenLine(`time ${JSON.stringify(time)} is not as k6 writes it`)
  const metric = samples.metrics.get(name)
  if (!metric) throw new BrokenLine("a sample before the line that tells its metric's type")
  samples.add(metric.seriesOf(checkedTags(tags)), ms, value)
}

function checkedTags(tags: unknown): Record<string, string> {
  if (tags === null || tags === undefined) return {}
  if (!isTexts(tags)) throw new BrokenLine('tags that are no object of texts')
  return tags
}

function defineMetric(fields: Record<string, unknown>, samples: Samples) {
  const { name, type, contains, thresholds, submetrics } = fields
  if (typeof name !== 'string' || !isMetricType(type)) {
    throw new BrokenLine(`a metric without a name or of the type ${JSON.stringify(type)}`)
  }
  samples.define(name)
  const metric = samples.metric(name, type, String(contains))
  if (metric.type !== type) {
    throw new BrokenLine(`${name} is a ${type} here and was a ${metric.type} before`)
  }
  for (const threshold of Array.isArray(thresholds) ? thresholds : []) {
    const text = expressionOf(threshold)
    if (!metric.thresholds.includes(text)) metric.thresholds.push(text)
  }
  for (const sub of Array.isArray(submetrics) ? submetrics : []) {
    if (isObject(sub) && typeof sub.suffix === 'string') metric.select(sub.suffix)
  }
}

/** Metrics by the bytes of their names, series by the bytes of their tags. */
class NameTable {
  samples: Samples

  #entries = new Map<string, MetricEntry>()
  /** by length of the name */
  #byLength: MetricEntry[] = []

  constructor(samples: Samples) {
    this.samples = samples
  }

  at(buffer: Buffer, from: number, to: number) {
    const likely = this.#byLength[to - from]
    if (likely && sameBytes(buffer, from, likely.bytes)) return likely
    const name = buffer.toString('latin1', from, to)
    let entry = this.#entries.get(name)
    if (!entry) {
      const metric = this.samples.metrics.get(name)
      if (!metric) return undefined
      entry = new MetricEntry(metric)
      this.#entries.set(name, entry)
    }
    this.#byLength[to - from] = entry
    return entry
  }
}

class MetricEntry {
  metric: Metric
  bytes: Buffer

  /** the one of the line before */
  #latest: Known | undefined
  /** by the hash of the bytes */
  #known = new Map<number, Known[]>()

  constructor(metric: Metric) {
    this.metric = metric
    this.bytes = Buffer.from(metric.name)
  }

  seriesAt(buffer: Buffer, from: number, to: number, hash: number) {
    const size = to - from
    const latest = this.#latest
    if (latest && latest.bytes.length === size && sameBytes(buffer, from, latest.bytes)) {
      return latest.series
    }
    const same = this.#known.get(hash)
    for (const known of same ?? []) {
      if (known.bytes.length === size && sameBytes(buffer, from, known.bytes)) {
        this.#latest = known
        return known.series
      }
    }
    const bytes = Buffer.from(buffer.subarray(from, to))
    const series = this.metric.seriesOf(checkedTags(parse(bytes.toString('utf8'))))
    this.#latest = { bytes, series }
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    const list = this.#known.get(hash)
    if (list) list.push(this.#latest)
    else this.#known.set(hash, [this.#latest])
    return series
  }
}

function sameBytes(buffer: Buffer, from: number, word: Buffer) {
  for (let i = 0; i < word.length; i++) if (buffer[from + i] !== word[i]) return false
  return true
}
