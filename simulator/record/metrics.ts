import prometheus from 'prom-client'
import { type Add, createSeries, type MetricRow, type Quantity } from './series.ts'

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

function rate(tokens: number, seconds: number) {
  return seconds > 0 ? tokens / seconds : 0
}
