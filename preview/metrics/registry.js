// All samples of the run come here.
import { EXIT, RunError } from '../exit-codes.js'
import { BUILTIN } from './builtin.js'
import { createSink } from './sinks.js'
import { holds, parseName, parseThreshold } from './thresholds.js'

/**
 * @typedef {object} Metric
 * @property {string} name
 * @property {string} type
 * @property {string} contains
 * @property {import('./sinks.js').Sink} sink
 * @property {import('./thresholds.js').Threshold[]} thresholds
 * @property {Metric[]} parts sub-metrics: `name{tag:value}`
 * @property {[string, string][]} tags what a sub-metric's samples have
 */

/** @typedef {(metric: Metric, value: number, time: number, tags: Record<string, string>) => void} Output */

/** k6 has this one by itself. */
const EXPECTED = 'http_req_duration{expected_response:true}'

/**
 * @param {Record<string, unknown>} thresholds of the options
 * @param {[string, { type: string, contains: string }][]} made by the script
 */
export function createRegistry(thresholds, made) {
  /** @type {Map<string, Metric>} */
  const metrics = new Map()
  for (const [name, [type, contains]] of Object.entries(BUILTIN)) add(name, type, contains)
  for (const [name, { type, contains }] of made) add(name, type, contains)
  /** In the order in which the summary shows them. @type {Metric[]} */
  const judged = []
  /** @type {Output | undefined} */
  let output

  for (const [name, list] of Object.entries(thresholds)) {
    const metric = part(name)
    metric.thresholds = [list].flat().map((one) => parseThreshold(name, metric.type, one))
    if (metric.thresholds.length > 0) judged.push(metric)
  }
  part(EXPECTED)

  /**
   * @param {string} name
   * @param {string} type
   * @param {string} contains
   */
  function add(name, type, contains) {
    const sink = createSink(type)
    metrics.set(name, { name, type, contains, sink, thresholds: [], parts: [], tags: [] })
  }

  /**
   * The metric or the sub-metric of a name.
   *
   * @param {string} name
   * @returns {Metric}
   */
  function part(name) {
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
    const made = {
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
    /**
     * @param {string} name
     * @param {number} value
     * @param {number} time ms since the start
     * @param {Record<string, string>} tags
     */
    sample(name, value, time, tags) {
      const metric = metrics.get(name)
      if (metric === undefined) return
      metric.sink.add(value)
      for (const one of metric.parts) {
        if (one.tags.every(([tag, wanted]) => (tags[tag] ?? '') === wanted)) one.sink.add(value)
      }
      output?.(metric, value, time, tags)
    },

    /** @param {Output} to is given each sample as well */
    tee(to) {
      output = to
    },

    /**
     * Looks at every threshold.
     *
     * @param {number} ms of the run so far
     * @param {boolean} final at the end those without samples are judged too
     * @returns {{ crossed: string[], abort: boolean }} the names of what was crossed
     */
    judge(ms, final) {
      /** @type {string[]} */
      const crossed = []
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

/** @typedef {ReturnType<typeof createRegistry>} Registry */
