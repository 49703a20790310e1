import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse, readJson, readStream, shapeOf, start, tokenChunks } from './support.ts'

const fixture = (name: string) =>
  parse(readFileSync(new URL(`../../fixtures/streams/${name}.sse`, import.meta.url), 'utf8'))

describe('a chat stream', () => {
  test('has the events of vLLM, key by key', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 3 })
    const answer = await stream({ stream_options: { include_usage: true } })
    const recorded = fixture('vllm-chat')
    expect(answer.chunks.map(shapeOf)).toEqual(recorded.chunks.map(shapeOf))
    expect(answer.done).toBe(true)
    expect(answer.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.response.headers.has('x-accel-buffering')).toBe(false)
  })

  test('that max_tokens cuts says so on its last token, as vLLM does', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 8 })
    const answer = await stream({ max_tokens: 2 })
    expect(answer.chunks.map(shapeOf)).toEqual(fixture('vllm-chat-length').chunks.map(shapeOf))
    expect(answer.finish).toEqual(['length'])
  })

  test('is framed as one data line and one blank line for each event', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 3 })
    const { text, data } = await stream()
    expect(text).toBe(data.map((one) => `data: ${one}\n\n`).join(''))
  })

  test('begins with the role and no text, and keeps one id and one model', async () => {
    const { stream } = await start({ flavor: 'vllm', models: 'small,large' })
    const { chunks } = await stream()
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' })
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1)
    expect(chunks[0].id).toMatch(/^chatcmpl-[0-9a-f]{32}$/)
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set(['small']))
  })

  test('takes its id from X-Request-Id', async () => {
    const { stream } = await start({ flavor: 'vllm' })
    const { chunks } = await stream({}, { 'x-request-id': 'mine' })
    expect(chunks[0].id).toBe('chatcmpl-mine')
  })
})

test('a completion stream has the events of vLLM, key by key', async () => {
  const { send } = await start({ flavor: 'vllm', tokens: 4 })
  const request = { prompt: 'The capital', stream: true, stream_options: {} }
  const answer = await readStream(await send('/v1/completions', request))
  expect(answer.chunks.map(shapeOf)).toEqual(fixture('vllm-completions').chunks.map(shapeOf))
  expect(answer.chunks[0].id).toMatch(/^cmpl-/)
})

describe('tokens', () => {
  test.each([
    ['the default number', {}, 8, 'stop'],
    ['max_tokens below it', { max_tokens: 3 }, 3, 'length'],
    ['max_tokens above it', { max_tokens: 20 }, 8, 'stop'],
    ['max_completion_tokens', { max_completion_tokens: 3 }, 3, 'length'],
    ['one token', { max_tokens: 1 }, 1, 'length'],
    ['ignore_eos', { max_tokens: 20, ignore_eos: true }, 20, 'length'],
    ['min_tokens to the limit', { max_tokens: 20, min_tokens: 20 }, 20, 'length'],
    ['min_tokens below the limit', { max_tokens: 20, min_tokens: 12 }, 12, 'stop'],
    ['ignore_eos without a limit', { ignore_eos: true }, 8, 'stop'],
  ])('%s', async (_, body, tokens, finish) => {
    const { stream } = await start({ flavor: 'vllm', tokens: 8 })
    const answer = await stream({ ...body, stream_options: { include_usage: true } })
    expect(tokenChunks(answer.chunks)).toHaveLength(tokens)
    expect(answer.finish).toEqual([finish])
    expect(answer.usage[0].completion_tokens).toBe(tokens)
  })

  test('come several to an event, the first one alone, and usage stays exact', async () => {
    const simulator = await start({ flavor: 'vllm', tokens: 8, tokensPerEvent: 3 })
    const answer = await simulator.stream({ stream_options: { include_usage: true } })
    expect(tokenChunks(answer.chunks)).toHaveLength(4)
    expect(answer.usage).toEqual([{ prompt_tokens: 2, total_tokens: 10, completion_tokens: 8 }])
    expect((await simulator.last()).tokens).toEqual([0, 1, 3, 3, 1, 0, 0, 0])
  })
})

describe('usage', () => {
  test.each([
    ['absent', {}, 0],
    ['an empty object', { stream_options: {} }, 1],
    ['include_usage', { stream_options: { include_usage: true } }, 1],
    ['include_usage false', { stream_options: { include_usage: false } }, 0],
  ])('with stream_options: %s', async (_, body, events) => {
    const { stream } = await start({ flavor: 'vllm', tokens: 3 })
    const answer = await stream(body)
    expect(answer.usage).toHaveLength(events)
    if (events) expect(answer.chunks.at(-1).choices).toEqual([])
  })

  test('is cumulative on each event when asked for', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 3 })
    const options = { include_usage: true, continuous_usage_stats: true }
    const answer = await stream({ stream_options: options })
    const counts = answer.usage.map((usage) => usage.completion_tokens)
    expect(counts).toEqual([0, 1, 2, 3, 3, 3])
  })

  test('counts a prompt token for 4 bytes', async () => {
    const { stream } = await start({ flavor: 'vllm' })
    const messages = [{ role: 'user', content: '안녕하세요' }]
    const answer = await stream({ messages, stream_options: {} })
    expect(answer.usage[0].prompt_tokens).toBe(4)
  })
})

describe('text', () => {
  test('repeats with the seed and differs with another', async () => {
    const texts = []
    for (const seed of [1, 1, 2]) {
      const { stream } = await start({ flavor: 'vllm', seed, tokens: 40 })
      texts.push((await stream()).content)
    }
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).not.toBe(texts[2])
  })

  test('differs from one request to the next', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 40 })
    expect((await stream()).content).not.toBe((await stream()).content)
  })

  test('is Korean for a Korean prompt and English for another', async () => {
    const { stream } = await start({ flavor: 'vllm', tokens: 40 })
    const korean = await stream({ messages: [{ role: 'user', content: '서버 성능은?' }] })
    expect(korean.content).toMatch(/[가-힣]/)
    expect((await stream()).content).toMatch(/^[A-Za-z .]+$/)
  })

  test('reads the script from content parts too', async () => {
    const { stream } = await start({ flavor: 'vllm' })
    const content = [{ type: 'text', text: '안녕' }]
    expect((await stream({ messages: [{ role: 'user', content }] })).content).toMatch(/[가-힣]/)
  })
})

describe('times', () => {
  test('are never before they are due', async () => {
    const { stream, last } = await start({ flavor: 'vllm', ttft: 5, itl: 2, tokens: 20 })
    await stream()
    const entry = await last()
    const sent = entry.sentAt.filter((_, i) => entry.kinds[i] === 'token')
    sent.forEach((time, i) => {
      // 1 µs for the rounding of a wall-clock time in a double.
      expect(time).toBeGreaterThanOrEqual((entry.startedAt ?? 0) + 5 + i * 2 - 0.001)
    })
    expect(entry.startedAt).toBe(entry.receivedAt)
  })

  test('of headers: before the first token, or with it', async () => {
    for (const headers of ['early', 'first-token']) {
      const { stream, last } = await start({ flavor: 'vllm', ttft: 20, headers })
      await stream()
      const { headersAt, receivedAt } = await last()
      const first = (await last()).sentAt[0] ?? 0
      expect(headersAt).not.toBeNull()
      expect(headersAt ?? 0).toBeLessThanOrEqual(first)
      if (headers === 'first-token')
        expect((headersAt ?? 0) - (receivedAt ?? 0)).toBeGreaterThanOrEqual(20 - 0.001)
    }
  })

  test('of a whole answer: its last token', async () => {
    const { send, last } = await start({ flavor: 'vllm', ttft: 10, itl: 2, tokens: 6 })
    await send('/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] })
    const entry = await last()
    expect((entry.sentAt[0] ?? 0) - (entry.receivedAt ?? 0)).toBeGreaterThanOrEqual(20 - 0.001)
  })
})

describe('a whole answer', () => {
  test('of a chat', async () => {
    const { send } = await start({ flavor: 'vllm', tokens: 5 })
    const reply = await send('/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] })
    const body = await readJson(reply)
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'sim-7b',
      choices: [{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 5, total_tokens: 6 },
    })
    expect(body.choices[0].message.content).not.toBe('')
  })

  test('of a completion', async () => {
    const { send } = await start({ flavor: 'vllm', tokens: 5 })
    const body = await readJson(await send('/v1/completions', { prompt: 'x', max_tokens: 2 }))
    expect(body).toMatchObject({
      object: 'text_completion',
      choices: [{ index: 0, finish_reason: 'length' }],
      usage: { completion_tokens: 2 },
    })
  })
})
