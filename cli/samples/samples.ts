import { selectorTags, series, splitSeries } from '#node'
import { Column } from './column.ts'
import { emptyPart, type Part, SILENCE } from './parts.ts'
import { Runs } from './runs.ts'
import { type MetricType, Sink } from './sink.ts'

export type Tags = Readonly<Record<string, string>>

/** Whether a sample with these tags belongs to a sub-metric. */
function selects(tags: Tags, wanted: Tags) {
  for (const key of Object.keys(wanted)) if (tags[key] !== wanted[key]) return false
  return true
}

/** A part of a metric's samples that a threshold names. */
export interface SubMetric {
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
  readonly metric: Metric
  readonly tags: Tags
  /** of the metric, and of each sub-metric that these samples belong to */
  readonly sinks: Sink[]
  /** of a Trend, in order */
  readonly values: Column | undefined
  readonly runs = new Runs()
  count = 0

  constructor(metric: Metric, tags: Tags, sinks: Sink[]) {
    this.metric = metric
    this.tags = tags
    this.sinks = sinks
    this.values = metric.type === 'trend' ? new Column() : undefined
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
      runs.b[row] = (runs.b[row] ?? 0) + 1
      return
    }
    const { type } = this.metric
    const before = runs.a[row] ?? 0
    if (type === 'gauge') {
      const largest = runs.b[row] ?? 0
      runs.b[row] = before === 0 && largest === 0 ? value : Math.max(largest, value)
      runs.a[row] = value
      return
    }
    runs.a[row] = before + (type === 'rate' ? (value === 0 ? 0 : 1) : value)
    runs.b[row] = (runs.b[row] ?? 0) + 1
  }
}

/** A metric of the run with all of its samples. */
export class Metric {
  readonly name: string
  readonly type: MetricType
  /** `time`, `data` or `default` */
  readonly contains: string
  /** tags by which series are kept apart */
  readonly kept: Set<string>
  readonly sink = new Sink()
  readonly thresholds: string[] = []
  readonly subMetrics: SubMetric[] = []
  #series = new Map<string, Series>()

  constructor(name: string, type: MetricType, contains: string) {
    this.name = name
    this.type = type
    this.contains = contains
    this.kept = new Set(name === 'checks' ? [...KEPT, ...OF_CHECKS] : KEPT)
  }

  /** A sub-metric is made where it is new. */
  select(selector: string) {
    const tags = selectorTags(selector)
    const name = series(this.name, selector)
    const same = this.subMetrics.find((sub) => sub.name === name)
    if (same) return same
    for (const key of Object.keys(tags)) this.kept.add(key)
    const sub: SubMetric = {
      name,
      tags,
      sink: new Sink(),
      thresholds: [],
      partial: this.#series.size > 0,
    }
    this.subMetrics.push(sub)
    return sub
  }

  /** The series for all of a sample's tags. */
  seriesOf(tags: Tags): Series {
    const entries = Object.entries(tags).filter(([key]) => this.kept.has(key))
    const kept = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
    const id = JSON.stringify(kept)
    const known = this.#series.get(id)
    if (known) return known
    const sinks = [this.sink]
    for (const sub of this.subMetrics) if (selects(tags, sub.tags)) sinks.push(sub.sink)
    const made = new Series(this, kept, sinks)
    this.#series.set(id, made)
    return made
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
  values(wanted: Tags = {}): Float64Array {
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

export interface SamplesOptions {
  /** tags to keep apart beside the usual ones */
  by?: string[]
  /** by series, beside those that the samples have */
  thresholds?: Record<string, string[]>
  /** indices of the parts whose samples are kept; all unless given */
  only?: Set<number>
}

/** All that was read, of one file or several. */
export class Samples {
  readonly metrics = new Map<string, Metric>()
  /** in the order of the files */
  readonly parts: Part[] = [emptyPart()]
  /** that is being read, from 1 on */
  line = 0
  count = 0
  /** the one that is being read */
  #part = this.parts[0] ?? emptyPart()
  #kept = true
  /** metrics that the part has defined */
  #defined = new Set<string>()
  /** of the samples that are kept, ms since 1970 */
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  #files = 0
  readonly #by: string[]
  readonly #thresholds: Record<string, string[]>
  readonly #only: Set<number> | undefined

  constructor({ by = [], thresholds = {}, only }: SamplesOptions = {}) {
    this.#by = by
    this.#thresholds = thresholds
    this.#only = only
    this.#kept = only?.has(0) ?? true
  }

  /** What follows another k6 wrote, or the same one after a silence. */
  begin(file: string = this.#part.file) {
    this.#defined.clear()
    if (this.#part.first > this.#part.last) {
      Object.assign(this.#part, { file, line: this.line })
      return
    }
    this.#part = { ...emptyPart(), file, line: this.line }
    this.parts.push(this.#part)
    this.#kept = this.#only?.has(this.parts.length - 1) ?? true
  }

  /** A k6 defines each metric once. */
  define(name: string) {
    if (this.#defined.has(name)) this.begin()
    this.#defined.add(name)
  }

  /**
   * A metric by its name; it is made where it is new.
   *
   * @param contains `time`, `data` or `default`
   */
  metric(name: string, type: MetricType, contains: string): Metric {
    let metric = this.metrics.get(name)
    if (!metric) {
      metric = new Metric(name, type, contains)
      for (const tag of this.#by) metric.kept.add(tag)
      for (const [series, expressions] of Object.entries(this.#thresholds)) {
        const { metric: of, selector } = splitSeries(series)
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
    // k6 samples its users every second, whatever the script does.
    if (time > this.#part.last + SILENCE && this.#part.first < time && this.metrics.has('vus')) {
      this.begin()
    }
    if (time < this.#part.first) this.#part.first = time
    if (time > this.#part.last) this.#part.last = time
    if (!this.#kept) return
    if (time < this.first) this.first = time
    if (time > this.last) this.last = time
    this.count++
    series.add(time, value)
  }
}
