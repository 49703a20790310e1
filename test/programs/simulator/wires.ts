import { createParser } from 'eventsource-parser'
import type { Json, Started } from './support.ts'

/** One endpoint that streams: how it is asked, and how its end is told. */
export interface Asked {
  name: string
  flavor: string
  path: string
  body: Record<string, unknown>
  /** It has its end mark: [DONE], message_stop, a row that says done. */
  ends: (text: string) => boolean
  /** The text that was generated. */
  textOf: (events: Json[]) => string
  /** Tokens by the answer's own count. */
  usageOf: (events: Json[]) => number | undefined
  done: boolean
  reasons: boolean
}

export const model = 'sim-7b'
const messages = [{ role: 'user', content: 'hello' }]
const chat = { model, messages, stream: true, stream_options: { include_usage: true } }

const last = (events: Json[], pick: (event: Json) => Json) =>
  events
    .map(pick)
    .filter((value) => value !== undefined && value !== null)
    .at(-1)
const join = (events: Json[], pick: (event: Json) => Json) =>
  events.map((event) => pick(event) ?? '').join('')

const hasDone = (text: string) => /data: \[DONE\]\r?\n\r?\n$/.test(text)

const openaiChat = (flavor: string, reasons = true): Asked => ({
  name: `${flavor} chat`,
  flavor,
  path: '/v1/chat/completions',
  body: chat,
  ends: hasDone,
  textOf: (events) => join(events, (event) => event.choices?.[0]?.delta?.content),
  usageOf: (events) => last(events, (event) => event.usage?.completion_tokens),
  done: true,
  reasons,
})

const openaiCompletions = (flavor: string): Asked => ({
  ...openaiChat(flavor, false),
  name: `${flavor} completions`,
  path: '/v1/completions',
  body: { model, prompt: 'hello', stream: true, stream_options: { include_usage: true } },
  textOf: (events) => join(events, (event) => event.choices?.[0]?.text),
})

const ollama = (shape: 'chat' | 'generate'): Asked => ({
  name: `ollama ${shape}`,
  flavor: 'ollama',
  path: `/api/${shape}`,
  body: shape === 'chat' ? { model, messages } : { model, prompt: 'hello' },
  ends: (text) => /"done":true.*\n$/.test(text),
  textOf: (events) => join(events, (event) => event.message?.content ?? event.response),
  usageOf: (events) => last(events, (event) => event.eval_count),
  done: false,
  reasons: true,
})

/** Every endpoint that generates, but the gateway's, whose streams are vLLM's. */
export const wires: Asked[] = [
  openaiChat('vllm'),
  openaiCompletions('vllm'),
  openaiChat('sglang'),
  {
    ...openaiChat('sglang', false),
    name: 'sglang generate',
    path: '/generate',
    body: { text: 'hello', stream: true },
    textOf: (events) => last(events, (event) => event.text) ?? '',
    usageOf: (events) => last(events, (event) => event.meta_info?.completion_tokens),
  },
  openaiChat('llamacpp'),
  {
    ...openaiChat('llamacpp', false),
    name: 'llamacpp completion',
    path: '/completion',
    body: { prompt: 'hello', stream: true },
    ends: (text) => text.includes('"stop":true'),
    textOf: (events) => join(events, (event) => event.content),
    usageOf: (events) => last(events, (event) => event.tokens_predicted),
    done: false,
  },
  ollama('chat'),
  ollama('generate'),
  openaiChat('ollama'),
  openaiCompletions('ollama'),
  openaiChat('tgi', false),
  {
    ...openaiChat('tgi', false),
    name: 'tgi generate_stream',
    path: '/generate_stream',
    body: { inputs: 'hello', parameters: { details: true } },
    ends: (text) => text.includes('"generated_text":"'),
    textOf: (events) => join(events, (event) => (event.token?.special ? '' : event.token?.text)),
    usageOf: (events) => last(events, (event) => event.details?.generated_tokens),
    done: false,
  },
  openaiChat('openai'),
  openaiCompletions('openai'),
  {
    ...openaiChat('openai'),
    name: 'openai responses',
    path: '/v1/responses',
    body: { model, input: 'hello', stream: true },
    ends: (text) => /event: response\.(completed|incomplete)\n/.test(text),
    textOf: (events) =>
      join(events, (event) => (event.type === 'response.output_text.delta' ? event.delta : '')),
    usageOf: (events) => last(events, (event) => event.response?.usage?.output_tokens),
    done: false,
  },
  {
    ...openaiChat('anthropic'),
    name: 'anthropic messages',
    path: '/v1/messages',
    body: { model, messages, max_tokens: 1000, stream: true },
    ends: (text) => text.includes('event: message_stop\n'),
    textOf: (events) => join(events, (event) => event.delta?.text),
    usageOf: (events) =>
      last(events, (event) =>
        event.type === 'message_delta' ? event.usage?.output_tokens : undefined,
      ),
  },
  openaiChat('tabby'),
  openaiChat('litellm'),
]

export const headers = { 'anthropic-version': '2023-06-01' }

/** The same request without a stream. */
export function whole({ path, body }: Asked) {
  const { stream: _, stream_options: __, ...rest } = body
  if (path === '/generate_stream') return { path: '/generate', body: rest }
  return { path, body: { ...rest, stream: false } }
}

/** Asks for a stream and reads what there is of it, also when it breaks. */
export async function ask(
  simulator: Started,
  { path, body }: Pick<Asked, 'path' | 'body'>,
  more: { body?: Record<string, unknown>; headers?: Record<string, string> } = {},
) {
  const sent = { ...body, ...more.body }
  const response = await simulator.send(path, sent, { ...headers, ...more.headers })
  let text = ''
  let error: unknown
  try {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
  } catch (thrown) {
    error = thrown
  }
  const type = response.headers.get('content-type') ?? ''
  return { response, status: response.status, type, text, error, events: readEvents(text) }
}

/** The JSON values of an event stream or of rows. */
function readEvents(text: string): Json[] {
  if (text.startsWith('{')) return text.split('\n').flatMap(parseOne)
  const data: string[] = []
  const parser = createParser({ onEvent: (event) => data.push(event.data) })
  parser.feed(text)
  return data.flatMap(parseOne)
}

function parseOne(text: string): Json[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}
