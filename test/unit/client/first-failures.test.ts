import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { completion } from '../../support/answers.ts'

const baseUrl = 'http://sim'
const env = globalThis as unknown as { __ENV: Record<string, string>; __VU: number }
let warned: string[] = []

/** A VU of its own, with its k6: what it saw before is in the modules. */
async function load() {
  vi.resetModules()
  const [client, { Aborted, world }, { respond }, { valuesOf }] = await Promise.all([
    import('../../../src/client/chat-client.ts'),
    import('../../support/k6/execution.ts'),
    import('../../support/k6/http.ts'),
    import('../../support/k6/metrics.ts'),
  ])
  world.reset()
  world.scenarioStart = Date.now()
  return { createChatClient: client.createChatClient, Aborted, world, respond, valuesOf }
}
let k6: Awaited<ReturnType<typeof load>>

const refuse = (status: number, message = 'no such model') =>
  k6.respond(() => ({ status, body: JSON.stringify({ error: { message } }) }))
const broken = (error: string) => k6.respond(() => ({ status: 0, error, error_code: 1 }))

beforeEach(async () => {
  k6 = await load()
  env.__ENV = {}
  env.__VU = 1
  warned = []
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warned.push(text))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.resetModules()
})

async function ask(
  chat: { stream(prompt: string): Promise<unknown> },
  times: number,
): Promise<string | undefined> {
  for (let i = 0; i < times; i++) {
    try {
      await chat.stream('Tell me about elephants and more')
    } catch (error) {
      if (!(error instanceof k6.Aborted)) throw error
      return k6.world.aborted
    }
  }
  return undefined
}

describe('first requests that all fail', () => {
  test.each([400, 401, 403, 404, 405, 422, 301, 307])('by HTTP %i end the test', async (status) => {
    refuse(status)
    const ended = await ask(k6.createChatClient({ baseUrl }), 9)
    expect(ended).toContain('the first 3 requests of a user all failed')
    expect(ended).toContain(`${status}: no such model`)
    expect(ended).toContain('STOP_ON_MISUSE=false')
    expect(k6.valuesOf('llm_requests')).toEqual([1, 1, 1])
    expect(k6.valuesOf('llm_test_aborted')).toEqual([1])
  })

  test.each([
    ['dns', 'dial tcp: lookup nowhere.test: no such host'],
    ['connect', 'dial tcp 127.0.0.1:9: connect: connection refused'],
    ['tls', 'x509: certificate signed by unknown authority'],
  ])('by %s end the test', async (kind, error) => {
    broken(error)
    expect(await ask(k6.createChatClient({ baseUrl }), 9)).toContain(kind)
    expect(k6.valuesOf('llm_test_aborted')).toEqual([1])
  })

  test.each([408, 409, 425, 429, 500, 502, 503, 504])('by HTTP %i do not', async (status) => {
    refuse(status)
    expect(await ask(k6.createChatClient({ baseUrl }), 9)).toBeUndefined()
    expect(k6.valuesOf('llm_test_aborted')).toEqual([])
  })

  test('by a timeout, a reset, or a model that is being loaded do not', async () => {
    for (const failing of [
      () => broken('request timeout'),
      () => broken('read: connection reset by peer'),
      () => refuse(400, 'No models are currently loaded'),
    ]) {
      k6 = await load()
      failing()
      expect(await ask(k6.createChatClient({ baseUrl }), 9)).toBeUndefined()
    }
  })

  test('and one that went well among them: they are no misconfiguration', async () => {
    const chat = k6.createChatClient({ baseUrl })
    refuse(404)
    await ask(chat, 2)
    k6.respond(() => ({ body: completion('Hi', 2) }))
    await chat.complete('Hi')
    refuse(404)
    expect(await ask(chat, 9)).toBeUndefined()
  })

  test('of a user who comes late are no misconfiguration either', async () => {
    refuse(404)
    k6.world.scenarioStart = Date.now() - 60_000
    expect(await ask(k6.createChatClient({ baseUrl }), 9)).toBeUndefined()
  })

  test('count for a client that is made anew in each iteration', async () => {
    refuse(401)
    const { createChatClient } = k6
    const chat = { stream: (prompt: string) => createChatClient({ baseUrl }).stream(prompt) }
    expect(await ask(chat, 9)).toContain('401')
  })

  test('of whole answers, probes and embeddings count as well', async () => {
    refuse(404)
    const chat = k6.createChatClient({ baseUrl })
    await chat.complete('Hi')
    await chat.probe('Hi')
    await expect(chat.embed('Hi')).rejects.toBeInstanceOf(k6.Aborted)
  })
})

describe('stopOnMisuse: false', () => {
  test.each([
    ['the option', { stopOnMisuse: false }, {}],
    ['the variable', {}, { STOP_ON_MISUSE: 'false' }],
    ['the option before the variable', { stopOnMisuse: false }, { STOP_ON_MISUSE: 'true' }],
  ])('by %s: it is said once, and the test goes on', async (_by, options, variables) => {
    env.__ENV = variables
    refuse(401, 'Invalid key')
    expect(await ask(k6.createChatClient({ baseUrl, ...options }), 9)).toBeUndefined()
    expect(k6.valuesOf('llm_test_aborted')).toEqual([])
    expect(warned.filter((text) => text.includes('the test goes on'))).toHaveLength(1)
  })

  test('keeps its failures apart from those of another client', async () => {
    refuse(401)
    const { createChatClient } = k6
    await ask(createChatClient({ baseUrl, stopOnMisuse: false }), 2)
    expect(await ask(createChatClient({ baseUrl }), 1)).toBeUndefined()
  })

  test('what cannot be read is refused', async () => {
    const { createChatClient } = k6
    k6.world.init = true
    expect(() => createChatClient({ baseUrl, stopOnMisuse: 'no' as never })).toThrow(
      'stopOnMisuse: expected true or false, got "no"',
    )
    env.__ENV = { STOP_ON_MISUSE: 'no' }
    expect(() => createChatClient({ baseUrl })).toThrow(
      'STOP_ON_MISUSE="no": expected true or false',
    )
  })
})

describe('the log', () => {
  test('has each kind and status once, in the words of the server', async () => {
    const chat = k6.createChatClient({ baseUrl, stopOnMisuse: false })
    refuse(503, 'Loading model')
    await ask(chat, 3)
    refuse(404, 'The model `x` does not exist')
    await ask(chat, 3)
    expect(warned).toEqual([
      'k6-llm: a request failed, http_5xx 503: Loading model (said once; all are counted)',
      'k6-llm: a request failed, http_4xx 404: The model `x` does not exist (said once; all are counted)',
    ])
  })

  test('is written by the first users only', async () => {
    env.__VU = 4
    refuse(503)
    await ask(k6.createChatClient({ baseUrl }), 3)
    expect(warned).toEqual([])
  })

  test('has no key and no prompt', async () => {
    refuse(401, 'Incorrect API key sk-1234567890 for: Tell me about elephants and more')
    await ask(k6.createChatClient({ baseUrl, token: 'sk-1234567890', stopOnMisuse: false }), 1)
    expect(warned).toEqual([
      'k6-llm: a request failed, http_4xx 401: Incorrect API key *** for: … (said once; all are counted)',
    ])
  })
})
