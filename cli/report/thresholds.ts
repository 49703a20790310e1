import { readFileSync } from 'node:fs'
import type { Report } from '#node'
import { documentKind } from '../samples/detect.ts'
import { splitName } from '../samples/selector.ts'

/**
 * The thresholds of a run, where the samples do not have them: k6's JSON has those of whole metrics
 * only, and of none that got no sample; CSV has none.
 */
export interface Given {
  /** expressions by series, `llm_ttft{sla:chat}` */
  thresholds: Record<string, string[]>
  /** of the run, as k6 took it */
  durationMs?: number
  /** k6's own verdict */
  passed?: boolean
  /** what a report of the same run has, and samples have not */
  kept?: Partial<Report>
  from: 'options' | 'summary' | 'report'
}

/** A file of thresholds that is none. */
export class NoThresholds extends Error {}

/**
 * Reads `--thresholds FILE`: what `k6 inspect script.js` prints, the data of handleSummary, or the
 * JSON report of this library.
 *
 * @returns throws {@link NoThresholds}
 */
export function readThresholds(path: string): Given {
  const expected = 'expected what k6 inspect script.js prints, or the JSON that handleSummary wrote'
  let document: any
  try {
    document = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : message
    throw new NoThresholds(`${path}: ${why}; ${expected}`)
  }
  const given = fromDocument(document)
  if (!given) throw new NoThresholds(`${path}: line 1: JSON of another kind; ${expected}`)
  return given
}

/** @returns undefined where it has none */
export function fromDocument(document: any): Given | undefined {
  const thresholds: Record<string, string[]> = {}
  const kind = documentKind(document)
  if (kind === 'options') {
    for (const [name, list] of Object.entries(document.thresholds)) {
      thresholds[name] = ([list].flat() as unknown[]).map(expressionOf)
    }
    return { thresholds, from: 'options' }
  }
  if (kind === 'summary') {
    let passed = true
    for (const [name, metric] of Object.entries<{ thresholds?: Record<string, { ok: boolean }> }>(
      document.metrics,
    )) {
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

function keptOf({
  slas,
  unmeasured,
  streaming,
  configuration,
  certificate,
  sweep,
  validity,
}: Report): Partial<Report> {
  const all = { slas, unmeasured, streaming, configuration, certificate, sweep, validity }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function expressionOf(threshold: unknown) {
  if (typeof threshold === 'string') return threshold
  return String((threshold as { threshold?: unknown })?.threshold)
}

function durationOf(ms: unknown) {
  return typeof ms === 'number' && ms > 0 ? { durationMs: ms } : {}
}

const EXPRESSION =
  /^\s*(avg|min|max|med|count|rate|value|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/

/** The statistic of a threshold, and whether a value of it passes. */
export function parseThreshold(
  expression: string,
): { statistic: string; percentile?: number; passes(value: number): boolean } | undefined {
  const parts = EXPRESSION.exec(expression)
  if (!parts) return undefined
  const [, name, rank, operator, text] = [...parts] as string[]
  const goal = Number(text)
  const percentile = rank === undefined ? undefined : Number(rank)
  return {
    statistic: percentile === undefined ? (name as string) : `p(${percentile})`,
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
 */
export function typeBy(expressions: string[]): 'trend' | 'rate' | 'counter' | 'gauge' {
  const statistics = expressions.map((expression) => parseThreshold(expression)?.statistic)
  if (statistics.includes('value')) return 'gauge'
  if (statistics.includes('count')) return 'counter'
  return statistics.includes('rate') ? 'rate' : 'trend'
}

/** Whether k6 makes a sub-metric of itself. */
export function isOwnSubMetric(name: string) {
  const { metric, selector } = splitName(name)
  return metric === 'http_req_duration' && selector === 'expected_response:true'
}
