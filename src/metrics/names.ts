/** How k6 keeps a metric. `time`: a Trend of milliseconds, which k6 prints with units. */
export type MetricKind = 'counter' | 'rate' | 'trend' | 'time'

/** One row of the table. */
export interface MetricRow {
  kind: MetricKind
  /** What it is, for documents and reports. */
  what: string
}

/**
 * Every metric that the library records, by name: what kind it is and what it means.
 *
 * The names are the ones of the k6 extension xk6-llm where it has the metric, so that one
 * dashboard serves both. Times are milliseconds. The definitions are in `stream/timing.ts`.
 */
export const METRICS = {
  llm_requests: { kind: 'counter', what: 'requests that ended, ok or not' },
  llm_started: {
    kind: 'counter',
    what: 'requests handed over; less llm_requests: those that were cut off',
  },
  llm_failed: { kind: 'rate', what: 'share of requests that failed, of every kind but aborted' },
  llm_available: {
    kind: 'rate',
    what: 'share answered by anything but a 5xx, without dns, connect, tls, reset, stale, relay, timeout, abandoned',
  },
  llm_errors: { kind: 'counter', what: 'failures, tag error_type tells the kind' },
  llm_request_duration: {
    kind: 'time',
    what: 'successes: hand-over of the request to the last generated event (source=body: byte)',
  },
  llm_response_headers: { kind: 'time', what: 'to the response headers (TTFB), not TTFT' },
  llm_ttft: { kind: 'time', what: 'time to the first event with generated output' },
  llm_ttfo: { kind: 'time', what: 'time to the first visible output, reasoning left out' },
  llm_ttft_probe: {
    kind: 'time',
    what: 'estimate of TTFT where tokens cannot be seen: whole time of one-token requests',
  },
  llm_tpot: { kind: 'time', what: 'time per output token after the first event' },
  llm_tokens_per_second: { kind: 'trend', what: '1000 / TPOT of each request' },
  llm_gap_max: { kind: 'time', what: 'longest gap between generated events of a request' },
  llm_itl: {
    kind: 'time',
    what: 'gaps between generated events: all, or one in ten (opt-in: itl)',
  },
  llm_prompt_tokens: { kind: 'counter', what: 'prompt tokens, as the server counts' },
  llm_completion_tokens: { kind: 'counter', what: 'completion tokens, as the server counts' },
  llm_cached_tokens: {
    kind: 'counter',
    what: 'prompt tokens from the cache, as the server counts',
  },
  llm_chunks_per_request: { kind: 'trend', what: 'generated events of a request' },
  llm_goodput: { kind: 'rate', what: 'share of requests that met every limit of their slo' },
  llm_slo_ttft: { kind: 'rate', what: 'share of requests within slo.ttft' },
  llm_slo_tpot: { kind: 'rate', what: 'share of requests within slo.tpot' },
  llm_slo_e2el: { kind: 'rate', what: 'share of requests within slo.e2el' },
  llm_stalls: { kind: 'counter', what: 'gaps between generated events over stallLimit' },
  llm_truncated: { kind: 'rate', what: 'share of streams that ended without a terminal signal' },
  llm_buffered: { kind: 'rate', what: 'share of streams that a proxy or gateway buffered' },
  llm_retries: { kind: 'counter', what: 'requests that were sent again (opt-in: retry)' },
  llm_abandoned: {
    kind: 'counter',
    what: 'requests whose user left, since nothing came in time (opt-in: patience)',
  },
  llm_connect: {
    kind: 'time',
    what: 'set-up of a connection (look-up, TCP, TLS): of each that the relay opened, else an estimate',
  },
  llm_relay_overhead: {
    kind: 'time',
    what: "the way through the relay: k6's own time of the exchange less the relay's",
  },
  llm_relay_delay: {
    kind: 'time',
    what: "longest delay of the relay's event loop while a request was under way",
  },
  llm_relay_errors: {
    kind: 'counter',
    what: 'requests that the relay itself failed: it was not there, or refused',
  },
  llm_arrival_lag: {
    kind: 'time',
    what: 'how late a request began, after the time that its schedule meant',
  },
  llm_response_time: {
    kind: 'time',
    what: 'successes: from the time that the schedule meant to the last generated event',
  },
  llm_setup_duration: {
    kind: 'time',
    what: 'what setup took, told by the first request of each VU where it was over a second',
  },
  llm_test_aborted: {
    kind: 'counter',
    what: "k6-llm itself ended the test: wrong use, or what cannot succeed; k6's log has why",
  },
  llm_client_lag: { kind: 'time', what: 'how late the load generator itself woke up' },
  llm_model_switch_duration: {
    kind: 'time',
    what: 'request for a switch to the first verified answer of the new model',
  },
  llm_model_switch_failed: { kind: 'rate', what: 'share of switches that failed' },
  llm_model_cold_ttft: { kind: 'time', what: 'TTFT of the first request after a switch' },
  llm_model_warm_ttft: { kind: 'time', what: 'TTFT of the second request after a switch' },
  llm_server_running: { kind: 'trend', what: "requests running, from the server's metrics" },
  llm_server_waiting: { kind: 'trend', what: "requests waiting, from the server's metrics" },
  llm_server_kv_cache: { kind: 'trend', what: "KV cache in use (0..1), from the server's metrics" },
  llm_server_gpu_memory: { kind: 'trend', what: 'GPU memory in use (0..1), as the server reports' },
} as const satisfies { readonly [name: string]: MetricRow }

export type MetricName = keyof typeof METRICS

/** The names, as they appear in k6's output: `metricNames.ttft === 'llm_ttft'`. */
export const metricNames = {
  requests: 'llm_requests',
  started: 'llm_started',
  failed: 'llm_failed',
  available: 'llm_available',
  errors: 'llm_errors',
  requestDuration: 'llm_request_duration',
  responseHeaders: 'llm_response_headers',
  ttft: 'llm_ttft',
  ttfo: 'llm_ttfo',
  ttftProbe: 'llm_ttft_probe',
  tpot: 'llm_tpot',
  tokensPerSecond: 'llm_tokens_per_second',
  gapMax: 'llm_gap_max',
  itl: 'llm_itl',
  promptTokens: 'llm_prompt_tokens',
  completionTokens: 'llm_completion_tokens',
  cachedTokens: 'llm_cached_tokens',
  chunksPerRequest: 'llm_chunks_per_request',
  goodput: 'llm_goodput',
  sloTtft: 'llm_slo_ttft',
  sloTpot: 'llm_slo_tpot',
  sloE2el: 'llm_slo_e2el',
  stalls: 'llm_stalls',
  truncated: 'llm_truncated',
  buffered: 'llm_buffered',
  retries: 'llm_retries',
  abandoned: 'llm_abandoned',
  connect: 'llm_connect',
  relayOverhead: 'llm_relay_overhead',
  relayDelay: 'llm_relay_delay',
  relayErrors: 'llm_relay_errors',
  arrivalLag: 'llm_arrival_lag',
  responseTime: 'llm_response_time',
  setupDuration: 'llm_setup_duration',
  testAborted: 'llm_test_aborted',
  clientLag: 'llm_client_lag',
  modelSwitchDuration: 'llm_model_switch_duration',
  modelSwitchFailed: 'llm_model_switch_failed',
  modelColdTtft: 'llm_model_cold_ttft',
  modelWarmTtft: 'llm_model_warm_ttft',
  serverRunning: 'llm_server_running',
  serverWaiting: 'llm_server_waiting',
  serverKvCache: 'llm_server_kv_cache',
  serverGpuMemory: 'llm_server_gpu_memory',
} as const satisfies { readonly [key: string]: MetricName }

/**
 * Tag of `llm_response_headers` for a stream whose tokens were not seen arriving. Its TTFT is no
 * less than that, whatever an estimate says.
 */
export const UNSEEN_STREAM = { answer: 'stream' }

/** Kinds of failure that no waiting mends; of 4xx most. */
export const MISUSE_KINDS = /^(http_3xx|http_4xx|dns|connect|tls)$/
