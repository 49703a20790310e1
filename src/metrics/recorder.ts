import { Counter, Rate, Trend } from 'k6/metrics'
import { onAbort } from '../core/errors.ts'
import { METRICS, type MetricName } from './names.ts'

/** Tags of a sample. */
export type Tags = { [name: string]: string }

type Metric = { add(value: number | boolean, tags?: object): void }

// All metrics are made when the bundle loads: k6 allows it in init only. One that is never
// recorded does not appear in any output.
const made = {} as { [name in MetricName]: Metric }
for (const name of Object.keys(METRICS) as MetricName[]) {
  const kind = METRICS[name].kind
  if (kind === 'counter') made[name] = new Counter(name)
  else if (kind === 'rate') made[name] = new Rate(name)
  else made[name] = new Trend(name, kind === 'time')
}

onAbort(() => made.llm_test_aborted.add(1))

/**
 * Adds one sample; a value that was not measured (`undefined`) adds none.
 *
 * A value that is no number is dropped as well: k6 keeps one `Infinity` in a Trend for ever and
 * every percentile with it.
 */
export function record(name: MetricName, value: number | boolean | undefined, tags: Tags): void {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return
  made[name].add(value, tags)
}

/**
 * A tag value that a threshold can name: `,` `{` `}` would make its selector malformed and stop
 * k6, so they become `_`.
 */
export function tagValue(value: string | number): string {
  return String(value).replace(/[,{}]/g, '_')
}
