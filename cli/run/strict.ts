import { readFileSync } from 'node:fs'
import { toReport, type Validity, validityTexts, WORDS } from '#node'
import { isObject } from '../samples/json.ts'

/**
 * Whether the figures of a run are those of the service: what the script's own report says, else
 * by k6's figures.
 *
 * @param file as the wrapper or `--summary-export` wrote it
 * @returns undefined where k6 wrote none: it ended before
 */
export function readValidity(file: string): Validity | undefined {
  let told: unknown
  try {
    told = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  if (!isObject(told)) return undefined
  if (isValidity(told.validity)) return told.validity
  const data = told.data ?? fromExport(told)
  return toReport(data, { title: 'run', generatedAt: new Date().toISOString() }).validity
}

function isValidity(value: unknown): value is Validity {
  return isObject(value) && typeof value.state === 'string' && Array.isArray(value.reasons)
}

/** k6's `--summary-export` says what handleSummary would have been given, without the types. */
export function fromExport({ metrics }: { metrics?: unknown }) {
  const entries = isObject(metrics) ? Object.entries(metrics) : []
  const typed = entries.flatMap(([name, metric]) => {
    if (!isObject(metric)) return []
    const { thresholds: _, ...values } = metric
    return [[name, { contains: 'default', ...typeOf(values) }]]
  })
  return { metrics: Object.fromEntries(typed), state: { testRunDurationMs: 0 } }
}

function typeOf(values: Record<string, unknown>) {
  if ('passes' in values && 'fails' in values) {
    const { value: rate, ...rest } = values
    return { type: 'rate', values: { rate, ...rest } }
  }
  return { type: 'rate' in values ? 'counter' : 'value' in values ? 'gauge' : 'trend', values }
}

/** What `--strict` says of a run. */
export interface StrictVerdict {
  /** valid, or suspect */
  passes: boolean
  /** why a run is not valid, and what helps; none of a valid one */
  lines: string[]
}

/** @param validity undefined where nothing tells it */
export function strictVerdict(validity: Validity | undefined): StrictVerdict {
  if (validity === undefined) {
    const why = 'there is no summary of k6, so nobody knows whether the run is valid'
    return { passes: false, lines: [`--strict: ${why}`] }
  }
  if (validity.state === 'valid') return { passes: true, lines: [] }
  const passes = validity.state === 'suspect'
  const { text, fixes } = validityTexts(validity, WORDS.en.validity)
  return { passes, lines: [passes ? text : `--strict: ${text}`, ...fixes] }
}
