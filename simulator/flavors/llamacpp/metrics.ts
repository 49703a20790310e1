import type { MetricRow, Quantity } from '../../record/series.ts'

const row = (
  name: string,
  help: string,
  type: MetricRow['type'],
  quantity: Quantity,
): MetricRow => ({ name, help, type, quantity, labels: {} })

/** llama-server's names with --metrics, without labels (tools/server/README.md). */
export const llamacppMetrics: MetricRow[] = [
  row(
    'llamacpp:prompt_tokens_total',
    'Number of prompt tokens processed.',
    'counter',
    'promptTokens',
  ),
  row('llamacpp:prompt_seconds_total', 'Prompt process time', 'counter', 'prefillTime'),
  row(
    'llamacpp:tokens_predicted_total',
    'Number of generation tokens processed.',
    'counter',
    'generatedTokens',
  ),
  row('llamacpp:tokens_predicted_seconds_total', 'Predict process time', 'counter', 'decodeTime'),
  row(
    'llamacpp:prompt_tokens_seconds',
    'Average prompt throughput in tokens/s.',
    'level',
    'prefillRate',
  ),
  row(
    'llamacpp:predicted_tokens_seconds',
    'Average generation throughput in tokens/s.',
    'level',
    'decodeRate',
  ),
  row('llamacpp:requests_processing', 'Number of requests processing.', 'gauge', 'running'),
  row('llamacpp:requests_deferred', 'Number of requests deferred.', 'gauge', 'waiting'),
]
