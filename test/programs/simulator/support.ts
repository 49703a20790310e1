import { createParser } from 'eventsource-parser'
import { afterEach } from 'vitest'
import type { Entry } from '../../../simulator/record/record.ts'
import { createSimulator } from '../../../simulator/server.ts'

/** Times as short as they go: no test here waits for an answer. */
const fast = { ttft: 0, itl: 0, tokens: 8, loadTime: 0, coldTtft: 0 }

const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

// biome-ignore lint/suspicious/noExplicitAny: bodies that the tests take apart
export type Json = any

export type Started = Awaited<ReturnType<typeof start>>

/** A simulator on a free port, closed when the test ends, with what a test asks it. */
export async function start(options: Record<string, unknown> = {}) {
  const simulator = createSimulator({ ...fast, ...options })
  running.push(simulator)
  const { url, port } = await simulator.listen()

  const send = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })

  const requests = async (query = ''): Promise<Entry[]> =>
    (await readJson(await send(`/__sim/requests${query}`))).requests

  return {
    simulator,
    url,
    port,
    send,
    /** A streamed chat of vLLM. */
    async stream(body: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
      const messages = [{ role: 'user', content: 'hello' }]
      const request = { messages, stream: true, ...body }
      return readStream(await send('/v1/chat/completions', request, headers))
    },
    requests,
    async last(): Promise<Entry> {
      const entry = (await requests()).at(-1)
      if (!entry) throw new Error('no request was recorded')
      return entry
    },
    async configure(changes: Record<string, unknown>) {
      const reply = await send('/__sim/config', changes)
      return { status: reply.status, body: await readJson(reply) }
    },
  }
}

export const readJson = (reply: Response): Promise<Json> => reply.json()

/** The answer of a stream, read by a parser that is not the library's. */
export async function readStream(response: Response) {
  const text = await response.text()
  return { response, text, ...parse(text) }
}

export function parse(text: string) {
  const data: string[] = []
  const parser = createParser({ onEvent: (event) => data.push(event.data) })
  parser.feed(text)
  const chunks = data
    .filter((one) => one.startsWith('{') && isJson(one))
    .map((one) => JSON.parse(one))
  const content = chunks
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? chunk.choices?.[0]?.text ?? '')
    .join('')
  const usage = chunks.map((chunk) => chunk.usage).filter(Boolean)
  const finish = chunks.map((chunk) => chunk.choices?.[0]?.finish_reason).filter(Boolean)
  return { data, chunks, content, usage, finish, done: data.at(-1) === '[DONE]' }
}

/** The events with generated text. */
export function tokenChunks(chunks: Json[]) {
  return chunks.filter((chunk) => {
    const choice = chunk.choices?.[0]
    return (choice?.delta?.content ?? choice?.text ?? '') !== ''
  })
}

/** What is the same in two JSON values of one shape: the keys in their order, and the types. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Logs in as the default user. */
export async function logIn({ send }: Pick<Started, 'send'>): Promise<string> {
  const reply = await send('/api/auth/login', { email: 'test@example.com', password: 'test123' })
  return (await readJson(reply)).access_token
}

function isJson(text: string) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
