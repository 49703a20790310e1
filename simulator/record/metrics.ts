import type { Registry } from 'prom-client'
import prometheus from 'prom-client'

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

type FinishedReason = 'stop' | 'length' | 'abort' | 'error'

/** A request as the figures see it. */
interface Work {
  model: string
  promptTokens: number
  /** on the monotonic clock */
  startedAt: number
  /** tokens that the KV cache holds */
  cache: number
  /** tokens of it that are taken at once, not as they come */
  reserved?: number
  /** ms that it waited for its place */
  queued?: number
}

/** Adds a value to a series. */
type Add = (value: number, model: string, reason: string) => void

/**
 * The figures of /metrics, in the names of one server.
 *
 * @param models known at the start, so that their series exist from the first scrape on
 */
export function createMetrics(rows: MetricRow[], models: string[]) {
  const registry = new prometheus.Registry()
  const listeners = new Map<Quantity, Add[]>()
  for (const row of rows) {
    const add = createSeries(row, models, registry)
    listeners.set(row.quantity, [...(listeners.get(row.quantity) ?? []), add])
  }
  let running = 0

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),

    /** Requests that the model works on. */
    get running() {
      return running
    },

    /**
     * A request that is held back.
     *
     * @returns to be called when it is held no more
     */
    waits(model: string): () => void {
      const note = noteFor(listeners, model)
      note('waiting', 1)
      return () => note('waiting', -1)
    },

    /** A request that the model works on. */
    starts({ model, promptTokens, startedAt, cache, reserved, queued = 0 }: Work) {
      const note = noteFor(listeners, model)
      let held = reserved ?? promptTokens
      let first = 0
      let last = 0
      let generated = 0
      running += 1
      note('running', 1)
      note('received', 1)
      note('promptLength', promptTokens)
      note('kvTokens', held)
      note('kvShare', held / cache)
      return {
        /**
         * @param tokens that are there
         * @param time on the monotonic clock
         * @param choice one beside the first comes in the same step, so it has no gap
         */
        tokens(tokens: number, time: number, choice = 0) {
          if (tokens === 0) return
          if (first === 0) {
            first = time
            const seconds = (time - startedAt) / 1000
            note('ttft', seconds)
            note('promptTokens', promptTokens)
            const prefill = seconds - queued / 1000
            note('prefillTime', prefill)
            note('prefillRate', rate(promptTokens, prefill))
          } else if (choice === 0) {
            // One observation for each token, as vLLM's engine makes one for each step.
            for (let i = 0; i < tokens; i++) note('gap', (time - last) / 1000 / tokens)
          }
          last = time
          generated += tokens
          note('generatedTokens', tokens)
          if (reserved !== undefined) return
          held += tokens
          note('kvTokens', tokens)
          note('kvShare', tokens / cache)
        },
        /** @param time on the monotonic clock */
        ends(reason: FinishedReason, time: number) {
          const seconds = (time - startedAt) / 1000
          const decode = Math.max(0, last - first) / 1000
          running -= 1
          note('running', -1)
          note('kvTokens', -held)
          note('kvShare', -held / cache)
          note('finished', 1, reason)
          if (reason === 'abort') note('aborted', 1)
          else if (reason === 'error') note('failed', 1, 'generation')
          else note('succeeded', 1)
          note('e2e', seconds)
          note('inferenceTime', seconds - queued / 1000)
          note('queueTime', queued / 1000)
          // Nothing is checked here that would take time.
          note('validationTime', 0)
          note('answerLength', generated)
          note('meanGap', generated > 1 ? decode / (generated - 1) : 0)
          note('decodeTime', decode)
          note('decodeRate', rate(generated, decode))
        },
      }
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>

function noteFor(
  listeners: Map<Quantity, Add[]>,
  model: string,
): (quantity: Quantity, value: number, reason?: string) => void {
  return (quantity, value, reason = '') => {
    for (const add of listeners.get(quantity) ?? []) add(value, model, reason)
  }
}

function createSeries(
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

function rate(tokens: number, seconds: number) {
  return seconds > 0 ? tokens / seconds : 0
}
