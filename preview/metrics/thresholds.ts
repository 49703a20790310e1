// Threshold expressions: `p(95)<500`, `rate>=0.99`, `count==0`.

import { parseDuration } from '../durations.ts'
import { EXIT, RunError } from '../exit-codes.ts'
import type { MetricKind, Tags } from '../messages.ts'
import { isObject } from '../script-values.ts'
import type { Sink } from './sinks.ts'

/** Which figures a threshold may name, by type. */
const FIGURES = {
  counter: /^(count|rate)$/,
  gauge: /^value$/,
  rate: /^rate$/,
  trend: /^(avg|min|max|med|p\(\d+(\.\d+)?\))$/,
}

type Compare = (value: number, limit: number) => boolean

const COMPARE: Record<string, Compare> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '===': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

export interface Threshold {
  /** as the script wrote it */
  source: string
  figure: string
  compare: Compare
  limit: number
  abortOnFail: boolean
  /** ms before it may abort */
  delay: number
  /** at the last look */
  failed: boolean
}

/**
 * @param metric its name, for messages
 * @param given a string, or `{threshold, abortOnFail, delayAbortEval}`
 */
export function parseThreshold(
  metric: string,
  type: MetricKind['type'],
  given: unknown,
): Threshold {
  const options = isObject(given) ? given : { threshold: given }
  const source = String(options.threshold)
  const parts = /^\s*([a-z]+(?:\(\s*[\d.]+\s*\))?)\s*(<=|>=|===|==|!=|<|>)\s*(\S+)\s*$/.exec(source)
  const [, name = '', operator = '', number] = parts ?? []
  const limit = Number(number)
  const compare = COMPARE[operator]
  if (compare === undefined || Number.isNaN(limit)) {
    throw invalid(`failed parsing threshold expression "${source}" of metric "${metric}"`)
  }
  const figure = name.replace(/\s/g, '')
  if (!FIGURES[type].test(figure)) {
    throw invalid(
      `invalid threshold expression defined on metric ${metric}; reason: "${figure}" is not supported by metric type "${type}"`,
    )
  }
  const delay = options.delayAbortEval === undefined ? 0 : parseDuration(options.delayAbortEval)
  if (delay === undefined) {
    throw invalid(
      `delayAbortEval of metric "${metric}": invalid duration "${options.delayAbortEval}"`,
    )
  }
  return {
    source,
    figure,
    compare,
    limit,
    abortOnFail: options.abortOnFail === true,
    delay,
    failed: false,
  }
}

const invalid = (message: string) => new RunError(message, EXIT.invalidConfig)

/**
 * Looks at a threshold now.
 *
 * @param seconds of the run so far
 * @returns whether it holds
 */
export function holds(threshold: Threshold, sink: Sink, seconds: number): boolean {
  const value = sink.figure(threshold.figure, seconds) ?? 0
  threshold.failed = !threshold.compare(value, threshold.limit)
  return !threshold.failed
}

interface Name {
  metric: string
  /** of a sub-metric */
  tags: Tags | undefined
}

/** `metric{tag:value,other:value}` */
export function parseName(name: string): Name {
  const open = name.indexOf('{')
  if (open < 0) return { metric: name, tags: undefined }
  if (!name.endsWith('}')) {
    throw invalid(`malformed metric name in thresholds: ${name}: missing ending bracket`)
  }
  const tags: Tags = {}
  for (const pair of name.slice(open + 1, -1).split(',')) {
    if (pair.trim() === '') continue
    const colon = pair.indexOf(':')
    if (colon < 0) throw invalid(`malformed metric name in thresholds: ${name}: no : in "${pair}"`)
    tags[unquote(pair.slice(0, colon))] = unquote(pair.slice(colon + 1))
  }
  return { metric: name.slice(0, open), tags }
}

const unquote = (text: string) => text.trim().replace(/^(["'])(.*)\1$/, '$2')
