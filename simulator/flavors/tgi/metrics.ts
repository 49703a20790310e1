import { E2E_BUCKETS, GAP_BUCKETS, LENGTH_BUCKETS } from '../../record/metric-buckets.ts'
import type { MetricRow, Quantity } from '../../record/series.ts'

const row = (
  name: string,
  help: string,
  type: MetricRow['type'],
  quantity: Quantity,
): MetricRow => ({ name, help, type, quantity, labels: {} })

const histogram = (
  name: string,
  help: string,
  buckets: number[],
  quantity: Quantity,
): MetricRow => ({
  ...row(name, help, 'histogram', quantity),
  buckets,
})

/** TGI's names (router/src/server.rs 1996-2060). */
export const tgiMetrics: MetricRow[] = [
  row('tgi_request_count', 'Total number of requests', 'counter', 'received'),
  row('tgi_request_success', 'Number of successful requests', 'counter', 'succeeded'),
  {
    ...row('tgi_request_failure', 'Number of failed requests', 'counter', 'failed'),
    reasonLabel: 'err',
    reasons: ['generation'],
  },
  row('tgi_batch_current_size', 'Current batch size', 'gauge', 'running'),
  row('tgi_batch_current_max_tokens', 'Tokens of the current batch', 'gauge', 'kvTokens'),
  row('tgi_queue_size', 'Current number of requests in the queue', 'gauge', 'waiting'),
  histogram('tgi_request_duration', 'End-to-end request duration', E2E_BUCKETS, 'e2e'),
  histogram('tgi_request_queue_duration', 'Time in the queue', E2E_BUCKETS, 'queueTime'),
  histogram('tgi_request_validation_duration', 'Time of validation', E2E_BUCKETS, 'validationTime'),
  histogram('tgi_request_inference_duration', 'Time of inference', E2E_BUCKETS, 'inferenceTime'),
  histogram(
    'tgi_request_mean_time_per_token_duration',
    'Mean time per token',
    GAP_BUCKETS,
    'meanGap',
  ),
  histogram('tgi_request_input_length', 'Input tokens', LENGTH_BUCKETS, 'promptLength'),
  histogram('tgi_request_generated_tokens', 'Generated tokens', LENGTH_BUCKETS, 'answerLength'),
]
