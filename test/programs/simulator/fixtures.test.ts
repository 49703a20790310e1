import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Json, shapeOf, start } from './support.ts'
import { ask, model } from './wires.ts'

/*
 * What the simulator sends beside what the real server sent: the same events in the same order, the
 * same keys in the same order, the same line ends and spacing. Only the contents differ, and how many
 * events of one kind follow each other.
 */

const messages = [{ role: 'user', content: 'hello' }]
const usage = { stream_options: { include_usage: true } }
const chat = { model, messages, stream: true, ...usage }
const tool = (name: string, properties: object) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties } },
})

const v1 = '/v1/chat/completions'

interface Case {
  fixture: string
  flavor: string
  path: string
  body: Record<string, unknown>
  options?: Record<string, unknown>
  fault?: string
}

const paced = { ttft: 7, itl: 1, pingInterval: 3 }

const cases: Case[] = [
  { fixture: 'vllm-chat', flavor: 'vllm', path: v1, body: chat },
  {
    fixture: 'vllm-chat-length',
    flavor: 'vllm',
    path: v1,
    body: { ...chat, max_tokens: 2, stream_options: undefined },
  },
  {
    fixture: 'vllm-chat-reasoning',
    flavor: 'vllm',
    path: v1,
    body: chat,
    options: { reasoning: 2 },
  },
  {
    fixture: 'vllm-chat-reasoning-legacy',
    flavor: 'vllm',
    path: v1,
    body: { ...chat, stream_options: undefined },
    options: { reasoning: 2, reasoningField: 'reasoning_content' },
  },
  {
    fixture: 'vllm-chat-tools',
    flavor: 'vllm',
    path: v1,
    body: {
      ...chat,
      stream_options: undefined,
      tools: [tool('get_weather', { city: {} }), tool('get_time', {})],
    },
  },
  {
    fixture: 'vllm-completions',
    flavor: 'vllm',
    path: '/v1/completions',
    body: { model, prompt: 'hello', stream: true, ...usage },
  },
  {
    fixture: 'vllm-midstream-error',
    flavor: 'vllm',
    path: v1,
    body: chat,
    fault: 'error-event:1',
  },
  { fixture: 'sglang-chat', flavor: 'sglang', path: v1, body: chat },
  { fixture: 'sglang-queue-full', flavor: 'sglang', path: v1, body: chat, fault: 'error-first' },
  {
    fixture: 'sglang-generate',
    flavor: 'sglang',
    path: '/generate',
    body: { text: 'x', stream: true },
  },
  {
    fixture: 'llamacpp-chat',
    flavor: 'llamacpp',
    path: v1,
    body: chat,
    options: { ...paced, reasoning: 1 },
  },
  {
    fixture: 'llamacpp-completion',
    flavor: 'llamacpp',
    path: '/completion',
    body: { prompt: 'hello', stream: true, n_predict: 3 },
    options: { ...paced, pingInterval: 0 },
  },
  { fixture: 'ollama-chat', flavor: 'ollama', path: '/api/chat', body: { model, messages } },
  {
    fixture: 'ollama-generate',
    flavor: 'ollama',
    path: '/api/generate',
    body: { model, prompt: 'hello' },
  },
  {
    fixture: 'ollama-midstream-error',
    flavor: 'ollama',
    path: '/api/chat',
    body: { model, messages },
    fault: 'error-event:1',
  },
  { fixture: 'ollama-load', flavor: 'ollama', path: '/api/generate', body: { model } },
  {
    fixture: 'ollama-unload',
    flavor: 'ollama',
    path: '/api/generate',
    body: { model, keep_alive: 0 },
  },
  {
    fixture: 'ollama-openai-chat',
    flavor: 'ollama',
    path: v1,
    body: chat,
    options: { reasoning: 1 },
  },
  {
    fixture: 'ollama-openai-midstream-error',
    flavor: 'ollama',
    path: v1,
    body: chat,
    fault: 'error-event:1',
  },
  { fixture: 'tgi-chat', flavor: 'tgi', path: v1, body: chat, options: paced },
  { fixture: 'tgi-chat-error', flavor: 'tgi', path: v1, body: chat, fault: 'error-event:1' },
  {
    fixture: 'tgi-generate',
    flavor: 'tgi',
    path: '/generate_stream',
    body: { inputs: 'hello', parameters: { details: true } },
  },
  { fixture: 'openai-chat', flavor: 'openai', path: v1, body: chat },
  {
    fixture: 'openai-responses-error',
    flavor: 'openai',
    path: '/v1/responses',
    body: { model, input: 'hello', stream: true },
    fault: 'error-first',
  },
  {
    fixture: 'anthropic-messages',
    flavor: 'anthropic',
    path: '/v1/messages',
    body: { model, messages, max_tokens: 100, stream: true },
  },
  {
    fixture: 'tabby-chat',
    flavor: 'tabby',
    path: v1,
    body: chat,
    options: { ...paced, tokens: 2, itl: 0, reasoning: 1 },
  },
  { fixture: 'litellm-chat', flavor: 'litellm', path: v1, body: chat },
]

/** One event or row: what is around its JSON, and the JSON's shape. */
function frame(text: string) {
  const [, before = '', json = '', after = ''] = /^([^{]*)(\{.*\})?(\s*)$/s.exec(text) ?? []
  // The time of a ping is not a matter of shape.
  const around = before.replace(/\d\d\d\d-\d\d-\d\d [\d:.]+/, 'TIME') + after
  if (json === '') return { around }
  return {
    around,
    spaced: json.startsWith('{"') && /^\{"[a-z_]+": /.test(json),
    json: shapeOf(JSON.parse(json)),
  }
}

/** The events of a text, one for each run of equal ones. */
function frames(text: string) {
  const parts = text.startsWith('{') ? text.split(/(?<=\n)/) : text.split(/(?<=\n\r?\n)/)
  const all = parts.filter(Boolean).map(frame)
  return all.filter((one, i) => JSON.stringify(one) !== JSON.stringify(all[i - 1]))
}

function read(name: string) {
  const path = (ending: string) =>
    new URL(`../../fixtures/streams/${name}.${ending}`, import.meta.url)
  const file = existsSync(path('sse')) ? path('sse') : path('ndjson')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** Dialects whose bytes are known without a recording: there is no file to compare with. */
const WITHOUT_FILE: Record<string, string> = {
  'sglang-generate':
    'data: {"text":" The","meta_info":{"id":"9a","finish_reason":null,"prompt_tokens":5,"completion_tokens":1,"cached_tokens":0}}\n\n' +
    'data: {"text":" The capital is Paris.","meta_info":{"id":"9a","finish_reason":{"type":"stop","matched":2},"prompt_tokens":5,"completion_tokens":5,"cached_tokens":0}}\n\n' +
    'data: [DONE]\n\n',
  'ollama-openai-midstream-error':
    'data: {"id":"chatcmpl-42","object":"chat.completion.chunk","created":1764000000,"model":"qwen3","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n' +
    'data: {"id":"chatcmpl-42","object":"chat.completion.chunk","created":1764000000,"model":"","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}\n\n',
}

describe('the bytes of each server', () => {
  test.each(cases)('$fixture', async ({ fixture, flavor, path, body, options, fault }) => {
    const simulator = await start({ flavor, tokens: 4, ...options })
    const more = fault ? { headers: { 'x-sim-fault': fault } } : {}
    const { text } = await ask(simulator, { path, body }, more)
    const real = read(fixture) ?? WITHOUT_FILE[fixture] ?? ''
    // A row that is an answer by itself has no line end here, as it has a length.
    const whole = fixture.endsWith('load') ? `${text}\n` : text
    expect(frames(whole)).toEqual(frames(real))
  })

  test('llamacpp-midstream-error: its error last, and no [DONE]', async () => {
    const simulator = await start({ flavor: 'llamacpp' })
    const headers = { 'x-sim-fault': 'error-event:1' }
    const { text } = await ask(simulator, { path: v1, body: chat }, { headers })
    expect(
      text.endsWith(
        'data: {"error":{"code":500,"message":"Compute error.","type":"server_error"}}\n\n',
      ),
    ).toBe(true)
    expect(frames(text).at(-1)).toEqual(frames(read('llamacpp-midstream-error') ?? '').at(-1))
    expect(frames(text)[0]).toEqual(frames(read('llamacpp-midstream-error') ?? '')[0])
  })

  test('anthropic-error: a ping more, the rest the same', async () => {
    const simulator = await start({ flavor: 'anthropic' })
    const body = { model, messages, max_tokens: 100, stream: true }
    const headers = { 'x-sim-fault': 'error-event:1' }
    const { text } = await ask(simulator, { path: '/v1/messages', body }, { headers })
    const ours = frames(text).filter((one) => !one.around.includes('ping'))
    expect(ours).toEqual(frames(read('anthropic-error') ?? ''))
  })

  test('openai-responses: the events of the recording in its order, and their shapes', async () => {
    const simulator = await start({ flavor: 'openai', tokens: 2, reasoning: 1 })
    const body = { model, input: 'hello', stream: true }
    const { events } = await ask(simulator, { path: '/v1/responses', body })
    const recorded = readSse(read('openai-responses') ?? '')
    const types = new Set(recorded.map(({ type }) => type))
    // The recording is short: it leaves out some events that close an item, and the final output.
    const ours = events.filter(({ type, item }) => {
      const closesMessage = type === 'response.output_item.done' && item.type === 'message'
      return types.has(type) && !closesMessage
    })
    expect(ours.map(withoutOutput)).toEqual(recorded.map(withoutOutput))
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i))
  })
})

const readSse = (text: string): Json[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)))

function withoutOutput({ type, response, ...event }: Json) {
  const bare = response && { ...response, output: [] }
  return [type, shapeOf({ ...event, ...(bare && { response: bare }) })]
}
