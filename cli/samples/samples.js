import { Column } from './column.js'
import { Runs } from './runs.js'
import { selectorTags, selects, splitName } from './selector.js'
import { Sink } from './sink.js'

/** @import { MetricType } from './sink.js' */
/** @typedef {Readonly<Record<string, string>>} Tags */
/**
 * @typedef {object} SubMetric
 * @property {string} name
 * @property {Tags} tags
 * @property {Sink} sink
 * @property {string[]} thresholds
 * @property {boolean} partial it became known after samples had been read: its figures are not whole
 */

/**
 * Tags by which reports group. Of other tags (a URL, a status, an id of each request) series are
 * not kept apart, unless a threshold or `--by` names them.
 */
const KEPT = [
  'phase',
  'model',
  'scenario',
  'step',
  'turn',
  'error_type',
  'source',
  'start',
  'from',
  'to',
]
const OF_CHECKS = ['check', 'group']

/** The samples of one metric that have the same kept tags. */
export class Series {
  /** @param {Metric} metric @param {Tags} tags @param {Sink[]} sinks */
  constructor(metric, tags, sinks) {
    this.metric = metric
    this.tags = tags
    this.sinks = sinks
    /** Values of a Trend, in order. */
    this.values = metric.type === 'trend' ? new Column() : undefined
    this.runs = new Runs()
    this.count = 0
  }

  /** @param {number} time ms since 1970 @param {number} value */
  add(time, value) {
    for (const sink of this.sinks) sink.add(value, time)
    this.count++
    const { runs } = this
    const row = runs.at(Math.floor(time / 1000))
    if (this.values) {
      if (runs.b[row] === 0) runs.a[row] = this.values.length
      this.values.push(value)
      runs.b[row] = /** @type {number} */ (runs.b[row]) + 1
      return
    }
    const { type } = this.metric
    const before = /** @type {number} */ (runs.a[row])
    if (type === 'gauge') {
      const largest = /** @type {number} */ (runs.b[row])
      runs.b[row] = before === 0 && largest === 0 ? value : Math.max(largest, value)
      runs.a[row] = value
      return
    }
    runs.a[row] = before + (type === 'rate' ? (value === 0 ? 0 : 1) : value)
    runs.b[row] = /** @type {number} */ (runs.b[row]) + 1
  }
}

/** A metric of the run with all of its samples. */
export class Metric {
  /** @type {Map<string, Series>} */
  #series = new Map()
  sink = new Sink()
  /** @type {string[]} */
  thresholds = []
  /** @type {SubMetric[]} */
  subMetrics = []

  /** @param {string} name @param {MetricType} type @param {string} contains */
  constructor(name, type, contains) {
    this.name = name
    this.type = type
    this.contains = contains
    this.kept = new Set(name === 'checks' ? [...KEPT, ...OF_CHECKS] : KEPT)
  }

  /** A sub-metric is made where it is new. @param {string} selector */
  select(selector) {
    const tags = selectorTags(selector)
    const same = this.subMetrics.find((sub) => selector === splitName(sub.name).selector)
    if (same) return same
    for (const key of Object.keys(tags)) this.kept.add(key)
    /** @type {SubMetric} */
    const sub = {
      name: `${this.name}{${selector}}`,
      tags,
      sink: new Sink(),
      thresholds: [],
      partial: this.#series.size > 0,
    }
    this.subMetrics.push(sub)
    return sub
  }

  /** The series for all of a sample's tags. @param {Tags} tags */
  seriesOf(tags) {
    /** @type {Record<string, string>} */
    const kept = {}
    for (const key of Object.keys(tags).sort()) {
      if (this.kept.has(key)) kept[key] = /** @type {string} */ (tags[key])
    }
    const id = JSON.stringify(kept)
    let series = this.#series.get(id)
    if (!series) {
      const sinks = [this.sink]
      for (const sub of this.subMetrics) if (selects(tags, sub.tags)) sinks.push(sub.sink)
      series = new Series(this, kept, sinks)
      this.#series.set(id, series)
    }
    return series
  }

  /** Further samples are of another instance: of a gauge they are apart. @param {number} file */
  seal(file) {
    if (this.type !== 'gauge') return
    this.#series = new Map([...this.#series].map(([id, series]) => [`${file} ${id}`, series]))
  }

  /** @returns {Series[]} those with these tags */
  series(/** @type {Tags} */ wanted = {}) {
    return [...this.#series.values()].filter(({ tags }) => selects(tags, wanted))
  }

  /** The values of a Trend with these tags, in the order of each series. */
  values(/** @type {Tags} */ wanted = {}) {
    const found = this.series(wanted)
    const all = new Float64Array(found.reduce((sum, { count }) => sum + count, 0))
    let at = 0
    for (const { values, count } of found) {
      values?.copy(all, at)
      at += count
    }
    return all
  }
}

/** All that was read, of one file or several. */
export class Samples {
  /** @type {Map<string, Metric>} */
  metrics = new Map()
  /** Of the samples, ms since 1970. */
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  count = 0
  #files = 0
  #by
  #thresholds

  /**
   * @param {{ by?: string[], thresholds?: Record<string, string[]> }} [options] `by`: tags to keep
   *   apart beside the usual ones; `thresholds`: by series, beside those that the samples have
   */
  constructor({ by = [], thresholds = {} } = {}) {
    this.#by = by
    this.#thresholds = thresholds
  }

  /**
   * A metric by its name; it is made where it is new.
   *
   * @param {string} name
   * @param {MetricType} type
   * @param {string} contains `time`, `data` or `default`
   */
  metric(name, type, contains) {
    let metric = this.metrics.get(name)
    if (!metric) {
      metric = new Metric(name, type, contains)
      for (const tag of this.#by) metric.kept.add(tag)
      for (const [series, expressions] of Object.entries(this.#thresholds)) {
        const { metric: of, selector } = splitName(series)
        if (of !== name) continue
        const { thresholds } = selector === '' ? metric : metric.select(selector)
        thresholds.push(...expressions.filter((text) => !thresholds.includes(text)))
      }
      this.metrics.set(name, metric)
    }
    return metric
  }

  /** The samples that follow are of another file. */
  nextFile() {
    this.#files++
    for (const metric of this.metrics.values()) metric.seal(this.#files)
  }

  /** @param {Series} series @param {number} time ms since 1970 @param {number} value */
  add(series, time, value) {
    if (time < this.first) this.first = time
    if (time > this.last) this.last = time
    this.count++
    series.add(time, value)
  }
}
