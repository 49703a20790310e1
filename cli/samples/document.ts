import type { Report } from '#node'
import { isObject } from './json.ts'

/** The data of handleSummary, as far as thresholds go. */
export interface SummaryDocument {
  metrics: Record<
    string,
    {
      type?: string
      contains?: string
      values?: Record<string, number>
      thresholds?: Record<string, { ok: boolean }>
    }
  >
  state?: { testRunDurationMs?: number }
}

/** What `k6 inspect` prints, as far as thresholds go. */
export interface OptionsDocument {
  thresholds: Record<string, unknown>
}

/**
 * A JSON document of a run: `report`, our own record; `summary`, the data of handleSummary;
 * `machine`, k6's machine-readable summary; `export`, of --summary-export.
 */
export type RunDocument =
  | { kind: 'report'; report: Report }
  | { kind: 'summary'; summary: SummaryDocument }
  | { kind: 'options'; options: OptionsDocument }
  | { kind: 'machine' | 'export' | 'unknown' }

export function documentOf(value: unknown): RunDocument {
  if (!isObject(value)) return { kind: 'unknown' }
  if (isReport(value)) return { kind: 'report', report: value }
  if (value.version !== undefined && isObject(value.results) && value.results.metrics) {
    return { kind: 'machine' }
  }
  if (isObject(value.metrics) && value.root_group) {
    return isSummary(value) ? { kind: 'summary', summary: value } : { kind: 'export' }
  }
  return isOptions(value) ? { kind: 'options', options: value } : { kind: 'unknown' }
}

/** By its schema: a report that names it has what the schema asks for. */
export function isReport(value: unknown): value is Report {
  if (!isObject(value) || typeof value.schema !== 'string') return false
  return value.schema.startsWith('k6-llm/report@')
}

/** `--summary-export` has neither types nor `values`. */
function isSummary(value: object): value is SummaryDocument {
  if (!('metrics' in value) || !isObject(value.metrics)) return false
  const [first] = Object.values(value.metrics)
  return first === undefined || (isObject(first) && (first.values ?? first.type) !== undefined)
}

function isOptions(value: object): value is OptionsDocument {
  return 'thresholds' in value && isObject(value.thresholds)
}
