import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { start } from './support.ts'
import { model } from './wires.ts'

/*
 * The official clients as a second opinion: what they read from the simulator is what they read from
 * the service. They decide for themselves what is an error, an end, a tool call.
 */

const messages = [{ role: 'user' as const, content: 'hello' }]

async function openai(options: Record<string, unknown> = {}, apiKey = 'sk-1') {
  const simulator = await start({ flavor: 'openai', tokens: 6, apiKey: 'sk-1', ...options })
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey, maxRetries: 0 })
  return { ...simulator, client }
}

async function anthropic(options: Record<string, unknown> = {}, apiKey = 'sk-1') {
  const simulator = await start({ flavor: 'anthropic', tokens: 6, apiKey: 'sk-1', ...options })
  const client = new Anthropic({ baseURL: simulator.url, apiKey, maxRetries: 0 })
  return { ...simulator, client }
}

const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const chatTool = { type: 'function' as const, function: { name: 'get_weather', parameters } }

/** What a call throws. */
async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}

describe('openai: chat completions', () => {
  test('whole', async () => {
    const { client } = await openai()
    const answer = await client.chat.completions.create({ model, messages })
    expect(answer.choices[0]?.message.content).not.toBe('')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 6, total_tokens: 8 })
  })

  test('streamed, and gathered by the client’s own helper', async () => {
    const { client } = await openai({ reasoning: 2 })
    const stream = client.chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(text)
    expect(final.choices[0]?.finish_reason).toBe('stop')
    expect(final.usage?.completion_tokens).toBe(8)
    expect(final.usage?.completion_tokens_details?.reasoning_tokens).toBe(2)
  })

  test.each([true, false])('tools, streamed: %s', async (streamed) => {
    const { client } = await openai({ tokens: 9 })
    const request = { model, messages, tools: [chatTool] }
    const answer = streamed
      ? await client.chat.completions.stream(request).finalChatCompletion()
      : await client.chat.completions.create(request)
    const [choice] = answer.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    const [call] = choice?.message.tool_calls ?? []
    if (call?.type !== 'function') throw new Error('no function was called')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) })
  })

  test('several choices', async () => {
    const { client } = await openai()
    const request = { model, messages, n: 2 }
    const final = await client.chat.completions.stream(request).finalChatCompletion()
    expect(final.choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, 'stop'],
      [1, 'stop'],
    ])
    const texts = final.choices.map(({ message }) => message.content)
    expect(new Set(texts).size).toBe(2)
  })

  test('an answer that the limit cuts', async () => {
    const { client } = await openai()
    const request = { model, messages, max_completion_tokens: 2 }
    const answer = await client.chat.completions.create(request)
    expect(answer.choices[0]?.finish_reason).toBe('length')
  })

  test('the older completions', async () => {
    const { client } = await openai()
    const answer = await client.completions.create({ model, prompt: 'hello' })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' })
    let text = ''
    const stream = await client.completions.create({ model, prompt: 'hello', stream: true })
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? ''
    expect(text).not.toBe('')
  })

  test('models', async () => {
    const { client } = await openai({ models: 'a,b' })
    const ids = []
    for await (const one of client.models.list()) ids.push(one.id)
    expect(ids).toEqual(['a', 'b'])
  })
})

describe('openai: responses', () => {
  test('whole, with reasoning', async () => {
    const { client } = await openai({ reasoning: 3 })
    const answer = await client.responses.create({ model, input: 'hello' })
    expect(answer.status).toBe('completed')
    expect(answer.output_text).not.toBe('')
    expect(answer.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(answer.usage?.output_tokens).toBe(9)
    expect(answer.usage?.output_tokens_details.reasoning_tokens).toBe(3)
  })

  test('streamed, and gathered by the client’s own helper', async () => {
    const { client } = await openai({ reasoning: 2 })
    const stream = client.responses.stream({ model, input: 'hello' })
    let text = ''
    let thought = ''
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta
      if (event.type === 'response.reasoning_summary_text.delta') thought += event.delta
    }
    const final = await stream.finalResponse()
    expect(final.output_text).toBe(text)
    const [first] = final.output
    expect(first?.type === 'reasoning' && first.summary[0]?.text).toBe(thought)
    expect(final.usage?.output_tokens).toBe(8)
  })

  test.each([true, false])('tools, streamed: %s', async (streamed) => {
    const { client } = await openai({ tokens: 9 })
    const tool = { type: 'function' as const, name: 'get_weather', parameters, strict: false }
    const request = { model, input: 'hello', tools: [tool] }
    const answer = streamed
      ? await client.responses.stream(request).finalResponse()
      : await client.responses.create(request)
    const [call] = answer.output
    if (call?.type !== 'function_call') throw new Error('no function was called')
    expect([call.name, JSON.parse(call.arguments)]).toEqual([
      'get_weather',
      { city: expect.any(String) },
    ])
  })

  test('one that the limit cuts is incomplete', async () => {
    const { client } = await openai()
    const answer = await client.responses.create({ model, input: 'x', max_output_tokens: 2 })
    expect(answer).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  test('an error is an event that the client hands on: its fields are flat', async () => {
    const { client } = await openai()
    const headers = { 'x-sim-fault': 'error-event:2' }
    const request = { model, input: 'hello', stream: true as const }
    const stream = await client.responses.create(request, { headers })
    const events = []
    for await (const event of stream) events.push(event)
    expect(events.filter(({ type }) => type === 'response.output_text.delta')).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'server_error', param: null })
    // Its helper gives up with that event.
    const gathered = client.responses.stream({ model, input: 'hello' }, { headers })
    expect(await thrownBy(() => gathered.finalResponse())).toMatchObject({ code: 'server_error' })
  })
})

describe('openai: errors', () => {
  const ask = async (headers: Record<string, string>, more = {}, key?: string) => {
    const { client } = await openai({}, key)
    return thrownBy(() => client.chat.completions.create({ model, messages, ...more }, { headers }))
  }

  test('a wrong key', async () => {
    const error = await ask({}, {}, 'sk-2')
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
  })

  test('an unknown model', async () => {
    const error = await ask({}, { model: 'other' })
    expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    expect(error).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error' })
  })

  test.each([
    ['403', OpenAI.PermissionDeniedError],
    ['422', OpenAI.UnprocessableEntityError],
    ['429:2', OpenAI.RateLimitError],
    ['500', OpenAI.InternalServerError],
    ['502', OpenAI.InternalServerError],
    ['503', OpenAI.InternalServerError],
    ['reset-before-headers', OpenAI.APIConnectionError],
  ])('%s', async (fault, Class) => {
    expect(await ask({ 'x-sim-fault': fault })).toBeInstanceOf(Class)
  })

  test('429 says when to come back', async () => {
    const error = (await ask({ 'x-sim-fault': '429:2' })) as InstanceType<typeof OpenAI.APIError>
    expect(error.headers?.get('retry-after-ms')).toBe('2000')
    expect(error.code).toBe('rate_limit_exceeded')
  })

  test('within a stream', async () => {
    const { client } = await openai()
    const headers = { 'x-sim-fault': 'error-event:2' }
    let text = ''
    const error = await thrownBy(async () => {
      const request = { model, messages, stream: true as const }
      const stream = await client.chat.completions.create(request, { headers })
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    })
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({ type: 'server_error' })
    expect(text).not.toBe('')
  })
})

describe('the openai client on other servers', () => {
  test.each([
    'vllm',
    'sglang',
    'llamacpp',
    'ollama',
    'tgi',
    'tabby',
    'litellm',
  ])('%s: streamed and whole', async (flavor) => {
    const { url } = await start({ flavor, tokens: 5 })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
    const whole = await client.chat.completions.create({ model, messages })
    expect(whole.choices[0]?.message.content).not.toBe('')
    expect(whole.usage?.completion_tokens).toBe(5)
    // By hand: the client's helper wants a role, which Tabby never sends, and an id, which TGI
    // leaves empty.
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let finish: unknown
    let usage: unknown
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? ''
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    expect([text === '', finish]).toEqual([false, 'stop'])
    expect(usage).toMatchObject({ completion_tokens: 5 })
  })

  test.each([
    'vllm',
    'sglang',
    'llamacpp',
    'ollama',
    'tgi',
    'tabby',
    'litellm',
  ])('%s: tools, streamed and whole', async (flavor) => {
    const { url } = await start({ flavor, tokens: 9 })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
    const request = { model, messages, tools: [chatTool] }
    const whole = await client.chat.completions.create(request)
    let name = ''
    let args = ''
    let finish: unknown
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      const [choice] = chunk.choices
      finish = choice?.finish_reason ?? finish
      for (const call of choice?.delta?.tool_calls ?? []) {
        name += call.function?.name ?? ''
        args += call.function?.arguments ?? ''
      }
    }
    expect([name, JSON.parse(args), finish]).toEqual([
      'get_weather',
      { city: expect.any(String) },
      'tool_calls',
    ])
    const [call] = whole.choices[0]?.message.tool_calls ?? []
    expect(call?.type === 'function' && call.function.name).toBe('get_weather')
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
  })
})

describe('anthropic: messages', () => {
  const request = { model, messages, max_tokens: 100 }

  test('whole, with thinking', async () => {
    const { client } = await anthropic({ reasoning: 3 })
    const answer = await client.messages.create(request)
    expect(answer.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    expect(answer.stop_reason).toBe('end_turn')
    expect(answer.usage).toMatchObject({ input_tokens: 2, output_tokens: 9 })
  })

  test('streamed, and gathered by the client’s own helper', async () => {
    const { client } = await anthropic({ reasoning: 2 })
    const stream = client.messages.stream(request)
    let text = ''
    let thought = ''
    stream.on('text', (delta) => {
      text += delta
    })
    stream.on('thinking', (delta) => {
      thought += delta
    })
    const final = await stream.finalMessage()
    const [first, second] = final.content
    expect(first?.type === 'thinking' && first.thinking).toBe(thought)
    expect(first?.type === 'thinking' && first.signature).toMatch(/^[0-9a-f]+$/)
    expect(second?.type === 'text' && second.text).toBe(text)
    expect(text).not.toBe('')
    // Cumulative: the 1 of the beginning is not added.
    expect(final.usage.output_tokens).toBe(8)
    expect(final.stop_reason).toBe('end_turn')
  })

  test.each([true, false])('tools, streamed: %s', async (streamed) => {
    const { client } = await anthropic({ tokens: 9 })
    const schema = { type: 'object' as const, properties: { city: { type: 'string' } } }
    const tools = [{ name: 'get_weather', input_schema: schema }]
    const answer = streamed
      ? await client.messages.stream({ ...request, tools }).finalMessage()
      : await client.messages.create({ ...request, tools })
    expect(answer.stop_reason).toBe('tool_use')
    expect(answer.content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: { city: expect.any(String) } },
    ])
  })

  test('one that the limit cuts', async () => {
    const { client } = await anthropic()
    const answer = await client.messages.create({ ...request, max_tokens: 2 })
    expect([answer.stop_reason, answer.usage.output_tokens]).toEqual(['max_tokens', 2])
  })

  test('models', async () => {
    const { client } = await anthropic({ models: 'a,b' })
    const ids = []
    for await (const one of client.models.list()) ids.push(one.id)
    expect(ids).toEqual(['a', 'b'])
  })

  test('a wrong key, an unknown model', async () => {
    const { client } = await anthropic({}, 'sk-2')
    const error = await thrownBy(() => client.messages.create(request))
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    const good = await anthropic()
    const unknown = await thrownBy(() =>
      good.client.messages.create({ ...request, model: 'other' }),
    )
    expect(unknown).toBeInstanceOf(Anthropic.NotFoundError)
    expect((unknown as InstanceType<typeof Anthropic.APIError>).error).toMatchObject({
      error: { type: 'not_found_error' },
    })
  })

  test.each([
    ['403', Anthropic.PermissionDeniedError],
    ['422', Anthropic.UnprocessableEntityError],
    ['429', Anthropic.RateLimitError],
    ['500', Anthropic.InternalServerError],
    ['529', Anthropic.InternalServerError],
    ['reset-before-headers', Anthropic.APIConnectionError],
  ])('%s', async (fault, Class) => {
    const { client } = await anthropic()
    const headers = { 'x-sim-fault': fault }
    expect(await thrownBy(() => client.messages.create(request, { headers }))).toBeInstanceOf(Class)
  })

  test('an error event throws', async () => {
    const { client } = await anthropic()
    const headers = { 'x-sim-fault': 'error-event:2' }
    const seen: string[] = []
    const error = await thrownBy(async () => {
      const stream = await client.messages.create({ ...request, stream: true }, { headers })
      for await (const event of stream) seen.push(event.type)
    })
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect((error as InstanceType<typeof Anthropic.APIError>).error).toMatchObject({
      error: { type: 'overloaded_error' },
    })
    expect(seen.filter((type) => type === 'content_block_delta')).toHaveLength(2)
  })
})
