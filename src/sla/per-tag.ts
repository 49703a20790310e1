import { misuse, show } from '../core/errors.ts'
import { METRICS, type MetricName } from '../metrics/names.ts'
import { tagValue } from '../metrics/recorder.ts'
import type { Thresholds } from './thresholds.ts'

/** What most users want to see apart, by model or by anything else. */
const USUAL: MetricName[] = [
  'llm_requests',
  'llm_failed',
  'llm_request_duration',
  'llm_response_time',
  'llm_ttft',
  'llm_ttft_probe',
  'llm_tpot',
  'llm_completion_tokens',
]

/**
 * Thresholds that always pass and make k6 keep figures apart by a tag: k6 has a sub-metric only
 * where a threshold names it. The reports show the figures and not these thresholds.
 *
 * Names may have `/`, `:` and spaces. `,` `{` `}` would stop k6, so `_` is written in their place,
 * here as in the samples.
 *
 * @example perTag('model', ['org/a', 'org/b']) // merge in with mergeThresholds
 */
export function perTag(
  tag: string,
  values: readonly string[],
  metrics: readonly string[] = USUAL,
): Thresholds {
  if (typeof tag !== 'string' || !/^[^\s:,{}]+$/.test(tag)) {
    misuse(`perTag: expected the name of a tag such as 'model', got ${show(tag)}`)
  }
  const thresholds: Thresholds = {}
  for (const value of values) {
    if (typeof value !== 'string' || value.trim() === '') {
      misuse(`perTag: expected values of ${tag} such as 'org/a', got ${show(value)}`)
    }
    for (const metric of metrics) {
      thresholds[`${metric}{${tag}:${tagValue(value)}}`] = [alwaysTrue(metric)]
    }
  }
  return thresholds
}

/**
 * The same for model switches by pair: how long each took and how often it failed. The report
 * prints them as a table, from → to. Of n models there are n × (n − 1) pairs.
 */
export function perPair(models: readonly string[]): Thresholds {
  const thresholds: Thresholds = {}
  for (const from of models) {
    for (const to of models) {
      if (from === to) continue
      const selector = `{from:${tagValue(from)},to:${tagValue(to)}}`
      thresholds[`llm_model_switch_duration${selector}`] = ['max>=0']
      thresholds[`llm_model_switch_failed${selector}`] = ['rate>=0']
    }
  }
  return thresholds
}

/** k6 has other words for each kind of metric; of its own these are used in reports. */
const K6_KINDS: { [metric: string]: string } = {
  http_reqs: 'counter',
  iterations: 'counter',
  http_req_failed: 'rate',
  checks: 'rate',
  http_req_duration: 'time',
}

function alwaysTrue(metric: string): string {
  const row = (METRICS as { [name: string]: { kind: string } | undefined })[metric]
  const kind = row ? row.kind : K6_KINDS[metric]
  if (kind === undefined) {
    misuse(`perTag: expected a metric of k6-llm such as 'llm_ttft', got ${show(metric)}`)
  }
  return kind === 'counter' ? 'count>=0' : kind === 'rate' ? 'rate>=0' : 'max>=0'
}
