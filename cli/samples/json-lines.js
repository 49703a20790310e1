import { emptyPoint, scanPoint } from './point.js'
import { parseTime } from './time.js'

/** @import { Samples, Metric, Series } from './samples.js' */
/** @import { MetricType } from './sink.js' */

/** A line that is not what k6 writes; `message` tells what was expected. */
export class BrokenLine extends Error {}

const TYPES = ['trend', 'rate', 'counter', 'gauge']
/** So many tag sets are remembered by their bytes; with more (a URL for each request) anew. */
const REMEMBERED = 4096

/** @typedef {{ bytes: Buffer, series: Series }} Known */

/**
 * Reads lines of `k6 run --out json`.
 *
 * @param {Samples} samples
 * @returns {(buffer: Buffer, start: number, end: number) => void} throws {@link BrokenLine}
 */
export function jsonLineReader(samples) {
  const point = emptyPoint()
  const names = new NameTable(samples)

  /** @param {Buffer} buffer @param {number} start @param {number} end */
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

/** @param {string} line @returns {unknown} */
function parse(line) {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new BrokenLine(`no JSON: ${/** @type {Error} */ (error).message}`)
  }
}

/** A line as JSON.parse reads it: a metric, a sample of an unusual form, or none of both. */
function readParsed(/** @type {unknown} */ row, /** @type {Samples} */ samples) {
  const { type, metric: name, data } = /** @type {Record<string, unknown>} */ (row ?? {})
  const fields = /** @type {Record<string, unknown>} */ (data ?? {})
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

/** @param {unknown} tags @returns {Record<string, string>} */
function checkedTags(tags) {
  if (tags === null || tags === undefined) return {}
  if (typeof tags !== 'object' || Object.values(tags).some((value) => typeof value !== 'string')) {
    throw new BrokenLine('tags that are no object of texts')
  }
  return /** @type {Record<string, string>} */ (tags)
}

/** @param {Record<string, unknown>} fields @param {Samples} samples */
function defineMetric(fields, samples) {
  const { name, type, contains, thresholds, submetrics } = fields
  if (typeof name !== 'string' || typeof type !== 'string' || !TYPES.includes(type)) {
    throw new BrokenLine(`a metric without a name or of the type ${JSON.stringify(type)}`)
  }
  const metric = samples.metric(name, /** @type {MetricType} */ (type), String(contains))
  if (metric.type !== type) {
    throw new BrokenLine(`${name} is a ${type} here and was a ${metric.type} before`)
  }
  for (const threshold of /** @type {unknown[]} */ (thresholds ?? [])) {
    const text =
      typeof threshold === 'string'
        ? threshold
        : String(/** @type {{ threshold: unknown }} */ (threshold).threshold)
    if (!metric.thresholds.includes(text)) metric.thresholds.push(text)
  }
  for (const { suffix } of /** @type {{ suffix: string }[]} */ (submetrics ?? [])) {
    metric.select(suffix)
  }
}

/** Metrics by the bytes of their names, series by the bytes of their tags. */
class NameTable {
  /** @type {Map<string, MetricEntry>} */
  #entries = new Map()
  /** @type {MetricEntry[]} by length of the name */
  #byLength = []

  /** @param {Samples} samples */
  constructor(samples) {
    this.samples = samples
  }

  /** @param {Buffer} buffer @param {number} from @param {number} to */
  at(buffer, from, to) {
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
  /** @type {Known | undefined} the one of the line before */
  #latest
  /** @type {Map<number, Known[]>} by the hash of the bytes */
  #known = new Map()

  /** @param {Metric} metric */
  constructor(metric) {
    this.metric = metric
    this.bytes = Buffer.from(metric.name)
  }

  /** @param {Buffer} buffer @param {number} from @param {number} to @param {number} hash */
  seriesAt(buffer, from, to, hash) {
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

/** @param {Buffer} buffer @param {number} from @param {Buffer} word */
function sameBytes(buffer, from, word) {
  for (let i = 0; i < word.length; i++) if (buffer[from + i] !== word[i]) return false
  return true
}
