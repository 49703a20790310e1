import prometheus from 'prom-client'

/** Tokens that the imagined card holds: about a 7B model's cache on 24 GB. */
const KV_CACHE_TOKENS = 200_000

// vLLM's own buckets (vllm/v1/metrics/loggers.py), in seconds.
const TTFT_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  160, 640, 2560,
]
const GAP_BUCKETS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
]
const E2E_BUCKETS = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
]

const FINISHED_REASONS = /** @type {const} */ (['stop', 'length', 'abort', 'error'])
/** @typedef {typeof FINISHED_REASONS[number]} FinishedReason */

/**
 * The figures of /metrics, in vLLM's names.
 * @param {string[]} models known at the start, so that their series exist from the first scrape on
 */
export function createMetrics(models) {
  const registry = new prometheus.Registry()
  const labelNames = ['model_name', 'engine']
  const common = { labelNames, registers: [registry] }
  /** @param {string} name @param {string} help */
  const gauge = (name, help) => new prometheus.Gauge({ name: `vllm:${name}`, help, ...common })
  /** @param {string} name @param {string} help */
  const counter = (name, help) => new prometheus.Counter({ name: `vllm:${name}`, help, ...common })
  /** @param {string} name @param {string} help @param {number[]} buckets */
  const histogram = (name, help, buckets) =>
    new prometheus.Histogram({ name: `vllm:${name}`, help, buckets, ...common })

  const running = gauge('num_requests_running', 'Number of requests in model execution batches.')
  const waiting = gauge('num_requests_waiting', 'Number of requests waiting to be processed.')
  const kvCache = gauge('kv_cache_usage_perc', 'KV-cache usage. 1 means 100 percent usage.')
  const prompt = counter('prompt_tokens_total', 'Number of prefill tokens processed.')
  const generation = counter('generation_tokens_total', 'Number of generation tokens processed.')
  const success = new prometheus.Counter({
    name: 'vllm:request_success_total',
    help: 'Count of successfully processed requests.',
    labelNames: [...labelNames, 'finished_reason'],
    registers: [registry],
  })
  const ttft = histogram(
    'time_to_first_token_seconds',
    'Histogram of time to first token in seconds.',
    TTFT_BUCKETS,
  )
  const gap = histogram(
    'inter_token_latency_seconds',
    'Histogram of inter-token latency in seconds.',
    GAP_BUCKETS,
  )
  const e2e = histogram(
    'e2e_request_latency_seconds',
    'Histogram of e2e request latency in seconds.',
    E2E_BUCKETS,
  )

  /** @param {string} model */
  const seriesOf = (model) => {
    const labels = { model_name: model, engine: '0' }
    return {
      running: running.labels(labels),
      waiting: waiting.labels(labels),
      kvCache: kvCache.labels(labels),
      prompt: prompt.labels(labels),
      generation: generation.labels(labels),
      /** @param {FinishedReason} reason */
      success: (reason) => success.labels({ ...labels, finished_reason: reason }),
      ttft: ttft.labels(labels),
      gap: gap.labels(labels),
      e2e: e2e.labels(labels),
    }
  }

  for (const model of models) {
    const series = seriesOf(model)
    series.running.set(0)
    series.waiting.set(0)
    series.kvCache.set(0)
    series.prompt.inc(0)
    series.generation.inc(0)
    ttft.zero({ model_name: model, engine: '0' })
    gap.zero({ model_name: model, engine: '0' })
    e2e.zero({ model_name: model, engine: '0' })
    for (const reason of FINISHED_REASONS) series.success(reason).inc(0)
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),

    /**
     * A request that is held back.
     * @param {string} model
     * @returns {() => void} to be called when it is held no more
     */
    waits(model) {
      const series = seriesOf(model)
      series.waiting.inc()
      return () => series.waiting.dec()
    },

    /**
     * A request that the model works on.
     * @param {string} model
     * @param {number} promptTokens
     * @param {number} startedAt on the monotonic clock
     */
    starts(model, promptTokens, startedAt) {
      const series = seriesOf(model)
      let held = promptTokens / KV_CACHE_TOKENS
      let last = 0
      series.running.inc()
      series.kvCache.inc(held)
      return {
        /**
         * @param {number} tokens that are there
         * @param {number} time on the monotonic clock
         */
        tokens(tokens, time) {
          if (tokens === 0) return
          if (last === 0) {
            series.ttft.observe((time - startedAt) / 1000)
            series.prompt.inc(promptTokens)
          } else {
            // One observation for each token, as vLLM's engine makes one for each step.
            for (let i = 0; i < tokens; i++) series.gap.observe((time - last) / 1000 / tokens)
          }
          last = time
          series.generation.inc(tokens)
          series.kvCache.inc(tokens / KV_CACHE_TOKENS)
          held += tokens / KV_CACHE_TOKENS
        },
        /**
         * @param {FinishedReason} reason
         * @param {number} time on the monotonic clock
         */
        ends(reason, time) {
          series.running.dec()
          series.kvCache.dec(held)
          series.success(reason).inc()
          series.e2e.observe((time - startedAt) / 1000)
        },
      }
    },
  }
}

/** @typedef {ReturnType<typeof createMetrics>} Metrics */
/** @typedef {ReturnType<Metrics['starts']>} RequestMetrics */
