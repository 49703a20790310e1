import { httpTransport } from '../chat/transports/http.ts'

/** What a server says of itself; absent where it does not. */
export interface ServerMetrics {
  /** Requests being generated. */
  running?: number
  /** Requests waiting for a place. */
  waiting?: number
  /** Share of the KV cache in use, 0 to 1. */
  kvCache?: number
}

/**
 * The names that servers give these three, first match wins (facts of vLLM 0.9 and older,
 * SGLang, TGI, llama.cpp: docs/metrics.md).
 */
const NAMES: { [field in keyof ServerMetrics]-?: string[] } = {
  running: [
    'vllm:num_requests_running',
    'sglang:num_running_reqs',
    'tgi_batch_current_size',
    'llamacpp:requests_processing',
  ],
  waiting: [
    'vllm:num_requests_waiting',
    'sglang:num_queue_reqs',
    'tgi_queue_size',
    'llamacpp:requests_deferred',
  ],
  kvCache: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc', 'sglang:token_usage'],
}

/**
 * Reads a page of Prometheus text. Series of one name (several engines or models) are added up;
 * of the cache, whose value is a share, the fullest counts.
 */
export function readServerMetrics(text: string): ServerMetrics {
  const found: { [name: string]: number[] } = {}
  for (const line of text.split('\n')) {
    const parts = /^([A-Za-z_:][\w:]*)(?:\{.*\})?\s+([-+\d.eE]+)(?:\s+\d+)?\s*$/.exec(line)
    if (!parts) continue
    const name = parts[1] as string
    const values = found[name]
    if (values) values.push(Number(parts[2]))
    else found[name] = [Number(parts[2])]
  }
  const result: ServerMetrics = {}
  for (const field of Object.keys(NAMES) as (keyof ServerMetrics)[]) {
    for (const name of NAMES[field]) {
      const values = found[name]
      if (!values || result[field] !== undefined) continue
      result[field] =
        field === 'kvCache' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0)
    }
  }
  return result
}

/**
 * Fetches a server's metrics.
 *
 * @returns the HTTP status (0 where there was no answer), and what the page says where there is one
 */
export async function fetchServerMetrics(
  url: string,
  headers: { [name: string]: string },
  timeout: number,
): Promise<{ status: number; seen?: ServerMetrics }> {
  const recording = await httpTransport.send({
    method: 'GET',
    url,
    headers,
    timeout,
    tags: { name: 'server metrics' },
    anyStatus: true,
  })
  const status = recording.status
  if (recording.error || status !== 200) return { status }
  return { status, seen: readServerMetrics(recording.body || '') }
}
