import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { seededRandom } from '../cli/stats/random.ts'

const METRICS = Object.entries({
  llm_requests: 'counter',
  llm_failed: 'rate',
  llm_available: 'rate',
  llm_request_duration: 'trend',
  llm_response_headers: 'trend',
  llm_ttft: 'trend',
  llm_ttfo: 'trend',
  llm_tpot: 'trend',
  llm_tokens_per_second: 'trend',
  llm_gap_max: 'trend',
  llm_chunks_per_request: 'trend',
  llm_prompt_tokens: 'counter',
  llm_completion_tokens: 'counter',
  llm_goodput: 'rate',
  llm_truncated: 'rate',
  llm_buffered: 'rate',
  http_reqs: 'counter',
  http_req_duration: 'trend',
  data_received: 'counter',
  iteration_duration: 'trend',
  iterations: 'counter',
})

/**
 * Writes lines as k6 2.2 writes them of a run of this library: the same metrics, tags and digits.
 *
 * @returns values of Trends among them
 */
export async function writeSampleLines(path: string, lines: number): Promise<number> {
  const random = seededRandom(1)
  const out = createWriteStream(path)
  const models = ['qwen2-7b-instruct', 'llama3-8b', 'phi3-mini']
  let time = Date.UTC(2026, 10, 24, 6)
  let kept = 0
  let text = ''
  for (let i = 0; i < lines; i++) {
    const [metric, type] = METRICS[i % METRICS.length] ?? []
    if (metric === undefined) break
    if (i < METRICS.length) {
      const contains = type === 'trend' ? 'time' : 'default'
      const data = { name: metric, type, contains, thresholds: [], submetrics: null }
      text += `${JSON.stringify({ type: 'Metric', data, metric })}\n`
    }
    if (i % METRICS.length === 0) time += random.uniform() * 40
    if (type === 'trend') kept++
    const value =
      type === 'rate'
        ? random.uniform() < 0.01
          ? 0
          : 1
        : type === 'counter'
          ? Math.floor(random.uniform() * 400)
          : Math.round(3e8 * Math.exp(0.4 * random.normal())) / 1e6
    const model = models[Math.floor(i / METRICS.length) % 3]
    const tags = metric.startsWith('llm_')
      ? { api: 'openai-chat', group: '', model, phase: 'measure', scenario: 'load' }
      : {
          group: '',
          method: 'POST',
          scenario: 'load',
          status: '200',
          url: 'http://127.0.0.1:8000/v1/chat/completions',
        }
    const ns = String(Math.floor(random.uniform() * 1e6)).padStart(6, '0')
    const at = `${new Date(time).toISOString().slice(0, -1)}${ns}Z`
    text += `{"metric":"${metric}","type":"Point","data":{"time":"${at}","value":${value},"tags":${JSON.stringify(tags)}}}\n`
    if (text.length > 2 ** 20) {
      if (!out.write(text)) await once(out, 'drain')
      text = ''
    }
  }
  out.end(text)
  await finished(out)
  return kept
}
