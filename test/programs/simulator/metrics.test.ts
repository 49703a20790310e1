import { expect, test, vi } from 'vitest'
import { type Started, start } from './support.ts'

/** The samples of /metrics by series. */
async function scrape({ send }: Started) {
  const text = await (await send('/metrics')).text()
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ') as [string, string])
  return new Map(samples.map(([series, value]) => [series, Number(value)]))
}

const series = (name: string, more = '') => `vllm:${name}{model_name="sim-7b",engine="0"${more}}`

test('/metrics has vLLM’s names from the start', async () => {
  const simulator = await start({ flavor: 'vllm' })
  const reply = await simulator.send('/metrics')
  expect(reply.headers.get('content-type')).toMatch('text/plain; version=0.0.4')
  const samples = await scrape(simulator)
  for (const name of [
    'num_requests_running',
    'num_requests_waiting',
    'kv_cache_usage_perc',
    'prompt_tokens_total',
    'generation_tokens_total',
    'time_to_first_token_seconds_count',
    'inter_token_latency_seconds_sum',
    'e2e_request_latency_seconds_count',
  ]) {
    expect(samples.get(series(name)), name).toBe(0)
  }
  expect(samples.get(series('request_success_total', ',finished_reason="abort"'))).toBe(0)
})

test('/metrics counts what was served', async () => {
  const simulator = await start({ flavor: 'vllm', tokens: 5, tokensPerEvent: 2, ttft: 3, itl: 1 })
  await simulator.stream()
  await simulator.stream({ max_tokens: 2 })
  await simulator.send('/v1/completions', { prompt: 'hello' })
  await simulator.stream({}, { 'x-sim-fault': 'error-event:1' })
  await simulator.stream({}, { 'x-sim-fault': '503' })
  const samples = await scrape(simulator)
  const value = (name: string, more?: string) => samples.get(series(name, more))
  expect(value('prompt_tokens_total')).toBe(8)
  expect(value('generation_tokens_total')).toBe(5 + 2 + 5 + 1)
  expect(value('request_success_total', ',finished_reason="stop"')).toBe(2)
  expect(value('request_success_total', ',finished_reason="length"')).toBe(1)
  expect(value('request_success_total', ',finished_reason="error"')).toBe(1)
  expect(value('time_to_first_token_seconds_count')).toBe(4)
  expect(value('time_to_first_token_seconds_sum')).toBeGreaterThanOrEqual(0.012 - 1e-6)
  expect(value('inter_token_latency_seconds_count')).toBe(4 + 1 + 4)
  expect(value('e2e_request_latency_seconds_count')).toBe(4)
  expect(value('num_requests_running')).toBe(0)
  expect(value('kv_cache_usage_perc')).toBeCloseTo(0, 9)
})

test('/metrics shows what runs, and what was aborted', async () => {
  const simulator = await start({ flavor: 'vllm', itl: 60_000 })
  const leave = new AbortController()
  const reply = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true }),
    signal: leave.signal,
  })
  await reply.body?.getReader().read()
  const running = await scrape(simulator)
  expect(running.get(series('num_requests_running'))).toBe(1)
  expect(running.get(series('kv_cache_usage_perc'))).toBeGreaterThan(0)
  leave.abort()
  await vi.waitFor(async () => {
    const samples = await scrape(simulator)
    expect(samples.get(series('num_requests_running'))).toBe(0)
    expect(samples.get(series('request_success_total', ',finished_reason="abort"'))).toBe(1)
  })
})

test('/metrics of the gateway names the profile that answered', async () => {
  const { send } = await start({ requireAuth: false })
  await send('/api/chat', { messages: [{ role: 'user', content: 'x' }] })
  const text = await (await send('/metrics')).text()
  expect(text).toMatch('vllm:generation_tokens_total{model_name="phi3-mini",engine="0"} 8')
})
