import { Column } from './column.ts'
import { Runs } from './runs.ts'
import { selectorTags, selects, splitName } from './selector.ts'
import type { MetricType } from './sink.ts'
import { Sink } from './sink.ts'

export type Tags = Readonly<Record<string, string>>
interface SubMetric {
  name: string
  tags: Tags
  sink: Sink
  thresholds: string[]
  /** it became known after samples had been read: its figures are not whole */
  partial: boolean
}

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
  metric: Metric
  tags: Tags
  sinks: Sink[]
  values: Column | undefined
  runs: Runs
  count: number

  constructor(metric: Metric, tags: Tags, sinks: Sink[]) {
    this.metric = metric
    this.tags = tags
    this.sinks = sinks
    /** Values of a Trend, in order. */
    this.values = metric.type === 'trend' ? new Column() : undefined
    this.runs = new Runs()
    this.count = 0
  }

  /** @param time ms since 1970 */
  add(time: number, value: number) {
    for (const sink of this.sinks) sink.add(value, time)
    this.count++
    const { runs } = this
    const row = runs.at(Math.floor(time / 1000))
    if (this.values) {
      if (runs.b[row] === 0) runs.a[row] = this.values.length
      this.values.push(value)
      runs.b[row] = (runs.b[row] as number) + 1
      return
    }
    const { type } = this.metric
    const before = runs.a[row] as number
    if (type === 'gauge') {
      const largest = runs.b[row] as number
      runs.b[row] = before === 0 && largest === 0 ? value : Math.max(largest, value)
      runs.a[row] = value
      return
    }
    runs.a[row] = before + (type === 'rate' ? (value === 0 ? 0 : 1) : value)
    runs.b[row] = (runs.b[row] as number) + 1
  }
}

/** A metric of the run with all of its samples. */
export class Metric {
  name: string
  type: MetricType
  contains: string
  kept: Set<string>

  #series = new Map<string, Series>()
  sink = new Sink()
  thresholds: string[] = []
  subMetrics: SubMetric[] = []

  constructor(name: string, type: MetricType, contains: string) {
    this.name = name
    this.type = type
    this.contains = contains
    this.kept = new Set(name === 'checks' ? [...KEPT, ...OF_CHECKS] : KEPT)
  }

  /** A sub-metric is made where it is new. */
  select(selector: string) {
    const tags = selectorTags(selector)
    const same = this.subMetrics.find((sub) => selector === splitName(sub.name).selector)
    if (same) return same
    for (const key of Object.keys(tags)) this.kept.add(key)
    const sub: SubMetric = {
      name: `${this.name}{${selector}}`,
      tags,
      sink: new Sink(),
      thresholds: [],
      partial: this.#series.size > 0,
    }
    this.subMetrics.push(sub)
    return sub
  }

  /** The series for all of a sample's tags. */
  seriesOf(tags: Tags) {
    const kept: Record<string, string> = {}
    for (const key of Object.keys(tags).sort()) {
      if (this.kept.has(key)) kept[key] = tags[key] as string
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

  /** Further samples are of another instance: of a gauge they are apart. */
  seal(file: number) {
    if (this.type !== 'gauge') return
    this.#series = new Map([...this.#series].map(([id, series]) => [`${file} ${id}`, series]))
  }

  /** @returns those with these tags */
  series(wanted: Tags = {}): Series[] {
    return [...this.#series.values()].filter(({ tags }) => selects(tags, wanted))
  }

  /** The values of a Trend with these tags, in the order of each series. */
  values(wanted: Tags = {}) {
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
  metrics = new Map<string, Metric>()
  /** Of the samples, ms since 1970. */
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  count = 0
  #files = 0
  #by
  #thresholds

  /**
   * @param options `by`: tags to keep
   * apart beside the usual ones; `thresholds`: by series, beside those that the samples have
   */
  constructor({
    by = [],
    thresholds = {},
  }: { by?: string[]; thresholds?: Record<string, string[]> } = {}) {
    this.#by = by
    this.#thresholds = thresholds
  }

  /**
   * A metric by its name; it is made where it is new.
   *
   * @param contains `time`, `data` or `default`
   */
  metric(name: string, type: MetricType, contains: string) {
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

  /** @param time ms since 1970 */
  add(series: Series, time: number, value: number) {
    if (time < this.first) this.first = time
    if (time > this.last) this.last = time
    this.count++
    series.add(time, value)
  }
}
