// All samples of the run come here.

import { EXIT, RunError } from '../exit-codes.ts'
import type { MetricKind, Tags } from '../messages.ts'
import { BUILTIN } from './builtin.ts'
import { createSink, type Sink } from './sinks.ts'
import { holds, parseName, parseThreshold, type Threshold } from './thresholds.ts'

export interface Metric extends MetricKind {
  name: string
  sink: Sink
  thresholds: Threshold[]
  /** sub-metrics: `name{tag:value}` */
  parts: Metric[]
  /** what a sub-metric's samples have */
  tags: [string, string][]
}

type Output = (metric: Metric, value: number, time: number, tags: Tags) => void

/** k6 has this one by itself. */
const EXPECTED = 'http_req_duration{expected_response:true}'

/**
 * @param thresholds of the options
 * @param made by the script
 */
export function createRegistry(
  thresholds: Record<string, unknown>,
  made: [name: string, kind: MetricKind][],
) {
  const metrics = new Map<string, Metric>()
  for (const [name, [type, contains]] of Object.entries(BUILTIN)) add(name, { type, contains })
  for (const [name, kind] of made) add(name, kind)
  /** In the order in which the summary shows them. */
  const judged: Metric[] = []
  let output: Output | undefined

  for (const [name, list] of Object.entries(thresholds)) {
    const metric = part(name)
    metric.thresholds = [list].flat().map((one) => parseThreshold(name, metric.type, one))
    if (metric.thresholds.length > 0) judged.push(metric)
  }
  part(EXPECTED)

  function add(name: string, kind: MetricKind) {
    const sink = createSink(kind.type)
    metrics.set(name, { name, ...kind, sink, thresholds: [], parts: [], tags: [] })
  }

  /** The metric or the sub-metric of a name. */
  function part(name: string): Metric {
    const { metric: parent, tags } = parseName(name)
    const metric = metrics.get(parent)
    if (metric === undefined) {
      throw new RunError(
        `invalid threshold defined on ${name}; reason: no metric name "${parent}" found`,
        EXIT.invalidConfig,
      )
    }
    if (tags === undefined) return metric
    const known = metric.parts.find((one) => one.name === name)
    if (known !== undefined) return known
    const made: Metric = {
      name,
      type: metric.type,
      contains: metric.contains,
      sink: createSink(metric.type),
      thresholds: [],
      parts: [],
      tags: Object.entries(tags),
    }
    metric.parts.push(made)
    return made
  }

  return {
    /** @param time ms since the start */
    sample(name: string, value: number, time: number, tags: Tags) {
      const metric = metrics.get(name)
      if (metric === undefined) return
      metric.sink.add(value)
      for (const one of metric.parts) {
        if (one.tags.every(([tag, wanted]) => (tags[tag] ?? '') === wanted)) one.sink.add(value)
      }
      output?.(metric, value, time, tags)
    },

    /** @param to is given each sample as well */
    tee(to: Output) {
      output = to
    },

    /**
     * Looks at every threshold.
     *
     * @param ms of the run so far
     * @param final at the end those without samples are judged too
     * @returns the names of what was crossed
     */
    judge(ms: number, final: boolean): { crossed: string[]; abort: boolean } {
      const crossed: string[] = []
      let abort = false
      for (const { name, sink, thresholds: list } of judged) {
        if (sink.empty() && !final) continue
        const failed = list.filter((one) => !holds(one, sink, ms / 1000))
        if (failed.length > 0) crossed.push(name)
        abort ||= failed.some((one) => one.abortOnFail && ms >= one.delay)
      }
      return { crossed, abort }
    },

    /** Those that the summary has: with samples, or with thresholds, also of a part. */
    shown: () =>
      [...metrics.values()]
        .flatMap((metric) => [metric, ...metric.parts])
        .filter(
          ({ sink, thresholds: own, parts }) =>
            !sink.empty() || own.length > 0 || parts.some((one) => one.thresholds.length > 0),
        ),
  }
}

export type Registry = ReturnType<typeof createRegistry>
