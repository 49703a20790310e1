import { E2E_BUCKETS, GAP_BUCKETS, TTFT_BUCKETS } from '../../record/metric-buckets.ts'
import type { MetricRow } from '../../record/series.ts'

const labels = { model_name: 'MODEL', engine: '0' }

/** vLLM v1's names (vllm/v1/metrics/loggers.py). */
export const vllmMetrics: MetricRow[] = [
  {
    name: 'vllm:num_requests_running',
    help: 'Number of requests in model execution batches.',
    type: 'gauge',
    quantity: 'running',
    labels,
  },
  {
    name: 'vllm:num_requests_waiting',
    help: 'Number of requests waiting to be processed.',
    type: 'gauge',
    quantity: 'waiting',
    labels,
  },
  {
    name: 'vllm:kv_cache_usage_perc',
    help: 'KV-cache usage. 1 means 100 percent usage.',
    type: 'gauge',
    quantity: 'kvShare',
    labels,
  },
  {
    name: 'vllm:prompt_tokens_total',
    help: 'Number of prefill tokens processed.',
    type: 'counter',
    quantity: 'promptTokens',
    labels,
  },
  {
    name: 'vllm:generation_tokens_total',
    help: 'Number of generation tokens processed.',
    type: 'counter',
    quantity: 'generatedTokens',
    labels,
  },
  {
    name: 'vllm:request_success_total',
    help: 'Count of successfully processed requests.',
    type: 'counter',
    quantity: 'finished',
    labels,
    reasonLabel: 'finished_reason',
    reasons: ['stop', 'length', 'abort', 'error'],
  },
  {
    name: 'vllm:time_to_first_token_seconds',
    help: 'Histogram of time to first token in seconds.',
    type: 'histogram',
    quantity: 'ttft',
    buckets: TTFT_BUCKETS,
    labels,
  },
  {
    name: 'vllm:inter_token_latency_seconds',
    help: 'Histogram of inter-token latency in seconds.',
    type: 'histogram',
    quantity: 'gap',
    buckets: GAP_BUCKETS,
    labels,
  },
  {
    name: 'vllm:e2e_request_latency_seconds',
    help: 'Histogram of e2e request latency in seconds.',
    type: 'histogram',
    quantity: 'e2e',
    buckets: E2E_BUCKETS,
    labels,
  },
]
