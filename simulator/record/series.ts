import prometheus, { type Registry } from 'prom-client'

/** What is measured, whatever a server calls it: times in seconds, rates in tokens per second. */
export type Quantity =
  | 'running'
  | 'waiting'
  | 'kvTokens'
  | 'kvShare'
  | 'received'
  | 'promptTokens'
  | 'generatedTokens'
  | 'ttft'
  | 'gap'
  | 'e2e'
  | 'finished'
  | 'aborted'
  | 'succeeded'
  | 'failed'
  | 'promptLength'
  | 'answerLength'
  | 'meanGap'
  | 'queueTime'
  | 'validationTime'
  | 'prefillTime'
  | 'decodeTime'
  | 'inferenceTime'
  | 'prefillRate'
  | 'decodeRate'

/** A series of a server, and what it shows. */
export interface MetricRow {
  /** with the server's prefix */
  name: string
  help: string
  /** a gauge adds up, a level is the last */
  type: 'gauge' | 'level' | 'counter' | 'histogram'
  quantity: Quantity
  buckets?: number[]
  /** fixed ones; the value `MODEL` is replaced by the model */
  labels: Record<string, string>
  /** the label with the reason of an end */
  reasonLabel?: string
  /** that exist from the start */
  reasons?: readonly string[]
}

/** Adds a value to a series. */
export type Add = (value: number, model: string, reason: string) => void

/** A series of prom-client; each model that is known has its zeros at once. */
export function createSeries(
  { name, help, type, labels, buckets, ...row }: MetricRow,
  models: string[],
  registry: Registry,
): Add {
  const { reasonLabel, reasons = [] } = row
  const labelNames = [...Object.keys(labels), ...(reasonLabel ? [reasonLabel] : [])]
  const common = { name, help, labelNames, registers: [registry] }
  const labelsOf = (model: string, reason: string) => ({
    ...Object.fromEntries(
      Object.entries(labels).map(([label, value]) => [label, value === 'MODEL' ? model : value]),
    ),
    ...(reasonLabel && { [reasonLabel]: reason }),
  })
  const known = models.flatMap((model) =>
    (reasonLabel ? reasons : ['']).map((reason) => labelsOf(model, reason)),
  )
  if (type === 'histogram') {
    const histogram = new prometheus.Histogram({ ...common, buckets })
    for (const one of known) histogram.zero(one)
    return (value, model, reason) => histogram.observe(labelsOf(model, reason), value)
  }
  if (type === 'counter') {
    const counter = new prometheus.Counter(common)
    for (const one of known) counter.inc(one, 0)
    return (value, model, reason) => counter.inc(labelsOf(model, reason), value)
  }
  const gauge = new prometheus.Gauge(common)
  for (const one of known) gauge.set(one, 0)
  return (value, model, reason) => {
    if (type === 'level') gauge.set(labelsOf(model, reason), value)
    else gauge.inc(labelsOf(model, reason), value)
  }
}
