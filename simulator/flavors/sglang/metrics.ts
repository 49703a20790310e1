import { E2E_BUCKETS, GAP_BUCKETS, TTFT_BUCKETS } from '../../record/metric-buckets.ts'
import type { MetricRow } from '../../record/series.ts'

const labels = { model_name: 'MODEL' }

const gauge = (name: string, help: string, quantity: MetricRow['quantity']): MetricRow => ({
  name,
  help,
  type: 'gauge',
  quantity,
  labels,
})
const counter = (name: string, help: string, quantity: MetricRow['quantity']): MetricRow => ({
  name,
  help,
  type: 'counter',
  quantity,
  labels,
})

/** SGLang's names with --enable-metrics (metrics_collector.py). */
export const sglangMetrics: MetricRow[] = [
  gauge('sglang:num_running_reqs', 'The number of running requests.', 'running'),
  gauge('sglang:num_queue_reqs', 'The number of requests in the waiting queue.', 'waiting'),
  gauge('sglang:token_usage', 'The token usage.', 'kvShare'),
  {
    ...gauge('sglang:gen_throughput', 'The generation throughput (token/s).', 'decodeRate'),
    type: 'level',
  },
  counter('sglang:prompt_tokens_total', 'Number of prefill tokens processed.', 'promptTokens'),
  counter(
    'sglang:generation_tokens_total',
    'Number of generation tokens processed.',
    'generatedTokens',
  ),
  counter('sglang:num_requests_total', 'Number of requests processed.', 'finished'),
  counter('sglang:num_aborted_requests_total', 'Number of requests aborted.', 'aborted'),
  {
    name: 'sglang:time_to_first_token_seconds',
    help: 'Histogram of time to first token in seconds.',
    type: 'histogram',
    quantity: 'ttft',
    buckets: TTFT_BUCKETS,
    labels,
  },
  {
    name: 'sglang:inter_token_latency_seconds',
    help: 'Histogram of inter-token latency in seconds.',
    type: 'histogram',
    quantity: 'gap',
    buckets: GAP_BUCKETS,
    labels,
  },
  {
    name: 'sglang:e2e_request_latency_seconds',
    help: 'Histogram of end-to-end request latency in seconds.',
    type: 'histogram',
    quantity: 'e2e',
    buckets: E2E_BUCKETS,
    labels,
  },
]
