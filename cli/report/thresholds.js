import { readFileSync } from 'node:fs'
import { documentKind } from '../samples/detect.js'
import { splitName } from '../samples/selector.js'

/** @import { Report } from '../../src/report.ts' */

/**
 * The thresholds of a run, where the samples do not have them: k6's JSON has those of whole metrics
 * only, and of none that got no sample; CSV has none.
 *
 * @typedef {object} Given
 * @property {Record<string, string[]>} thresholds expressions by series, `llm_ttft{sla:chat}`
 * @property {number} [durationMs] of the run, as k6 took it
 * @property {boolean} [passed] k6's own verdict
 * @property {Partial<Report>} [kept] what a report of the same run has, and samples have not
 * @property {'options' | 'summary' | 'report'} from
 */

/** A file of thresholds that is none. */
export class NoThresholds extends Error {}

/**
 * Reads `--thresholds FILE`: what `k6 inspect script.js` prints, the data of handleSummary, or the
 * JSON report of this library.
 *
 * @param {string} path
 * @returns {Given} throws {@link NoThresholds}
 */
export function readThresholds(path) {
  const expected = 'expected what k6 inspect script.js prints, or the JSON that handleSummary wrote'
  /** @type {any} */
  let document
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
    const why = code === 'ENOENT' ? 'there is no such file' : message
    throw new NoThresholds(`${path}: ${why}; ${expected}`)
  }
  const given = fromDocument(document)
  if (!given) throw new NoThresholds(`${path}: line 1: JSON of another kind; ${expected}`)
  return given
}

/**
 * @param {any} document
 * @returns {Given | undefined} undefined where it has none
 */
export function fromDocument(document) {
  /** @type {Record<string, string[]>} */
  const thresholds = {}
  const kind = documentKind(document)
  if (kind === 'options') {
    for (const [name, list] of Object.entries(document.thresholds)) {
      thresholds[name] = /** @type {unknown[]} */ ([list].flat()).map(expressionOf)
    }
    return { thresholds, from: 'options' }
  }
  if (kind === 'summary') {
    let passed = true
    for (const [name, metric] of Object.entries(document.metrics)) {
      /** @type {[string, { ok: boolean }][]} */
      const list = Object.entries(metric.thresholds ?? {})
      if (list.length === 0) continue
      thresholds[name] = list.map(([expression]) => expression)
      if (list.some(([, { ok }]) => !ok)) passed = false
    }
    return { thresholds, ...durationOf(document.state?.testRunDurationMs), passed, from: 'summary' }
  }
  if (kind === 'report') {
    for (const { metric, selector, threshold } of document.goals ?? []) {
      const name = selector ? `${metric}{${selector}}` : metric
      thresholds[name] = [...(thresholds[name] ?? []), threshold]
    }
    return {
      thresholds,
      ...durationOf(document.durationMs),
      passed: document.verdict !== 'fail',
      kept: keptOf(document),
      from: 'report',
    }
  }
  return undefined
}

/** @param {Report} report @returns {Partial<Report>} */
function keptOf({ slas, unmeasured, streaming, configuration, certificate, sweep, validity }) {
  const all = { slas, unmeasured, streaming, configuration, certificate, sweep, validity }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** @param {unknown} threshold */
function expressionOf(threshold) {
  if (typeof threshold === 'string') return threshold
  return String(/** @type {{ threshold?: unknown }} */ (threshold)?.threshold)
}

/** @param {unknown} ms */
function durationOf(ms) {
  return typeof ms === 'number' && ms > 0 ? { durationMs: ms } : {}
}

const EXPRESSION =
  /^\s*(avg|min|max|med|count|rate|value|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/

/**
 * The statistic of a threshold, and whether a value of it passes.
 *
 * @param {string} expression
 * @returns {{ statistic: string, percentile?: number, passes(value: number): boolean } | undefined}
 */
export function parseThreshold(expression) {
  const parts = EXPRESSION.exec(expression)
  if (!parts) return undefined
  const [, name, rank, operator, text] = /** @type {string[]} */ ([...parts])
  const goal = Number(text)
  const percentile = rank === undefined ? undefined : Number(rank)
  return {
    statistic: percentile === undefined ? /** @type {string} */ (name) : `p(${percentile})`,
    ...(percentile !== undefined && { percentile }),
    passes(value) {
      switch (operator) {
        case '<':
          return value < goal
        case '<=':
          return value <= goal
        case '>':
          return value > goal
        case '>=':
          return value >= goal
        case '!=':
          return value !== goal
        default:
          return value === goal
      }
    },
  }
}

/**
 * Of a metric that got no sample nothing is known but its thresholds: they tell what type it may
 * be. For k6's zeros that is enough.
 *
 * @param {string[]} expressions
 * @returns {'trend' | 'rate' | 'counter' | 'gauge'}
 */
export function typeBy(expressions) {
  const statistics = expressions.map((expression) => parseThreshold(expression)?.statistic)
  if (statistics.includes('value')) return 'gauge'
  if (statistics.includes('count')) return 'counter'
  return statistics.includes('rate') ? 'rate' : 'trend'
}

/** Whether k6 makes a sub-metric of itself. @param {string} name */
export function isOwnSubMetric(name) {
  const { metric, selector } = splitName(name)
  return metric === 'http_req_duration' && selector === 'expected_response:true'
}
