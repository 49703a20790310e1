import { expect, test, vi } from 'vitest'
import { createRandom, type Random } from '../../../src/core/random.ts'
import type { Api } from '../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../src/stream/interpret.ts'
import { chunk } from '../answers.ts'
import { recordingOf } from '../fixtures.ts'

const timeout = (rounds: number) => 30_000 + rounds * 50

/** The same stream read by comparison and in full. */
export function both(data: string[], api: Api) {
  const recording = recordingOf(data.map((text) => ({ data: text })))
  return [
    interpretStream(recording, { api }),
    interpretStream(recording, { api, scan: false }),
  ] as const
}

const WORDS = [
  'a',
  ' the',
  '안녕',
  '👋',
  '',
  '\n',
  '"',
  '\\',
  '\t',
  'x'.repeat(40),
  '}',
  '{"content":"',
  '","',
  'content',
  '\u2028',
  '[DONE]',
  'null',
]

/** An event of one of the wires that are read so, now and then with something out of the way. */
function event(random: Random, api: Api, thinking: boolean): string {
  const words = random.item(WORDS)
  const odd = random.next()
  if (api === 'anthropic-messages') {
    const delta = thinking
      ? { type: 'thinking_delta', thinking: words }
      : { type: 'text_delta', text: words }
    if (odd < 0.05)
      return JSON.stringify({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 4 },
      })
    if (odd < 0.1) return JSON.stringify({ type: 'error', error: { type: 'x', message: words } })
    return JSON.stringify({ type: 'content_block_delta', index: thinking ? 0 : 1, delta })
  }
  if (api === 'openai-completions') {
    const finish = odd < 0.05 ? 'stop' : null
    const choice = { index: odd > 0.95 ? 1 : 0, text: words, finish_reason: finish }
    return JSON.stringify({
      id: 'c',
      object: 'text_completion',
      choices: [choice],
      ...(odd > 0.9 && { usage: { completion_tokens: 5, prompt_tokens: 2 } }),
    })
  }
  const delta: Record<string, unknown> = thinking ? { reasoning: words } : { content: words }
  if (odd < 0.04) delta.refusal = random.item(WORDS)
  if (odd > 0.04 && odd < 0.08) delta.reasoning = random.item(WORDS)
  if (odd > 0.08 && odd < 0.1)
    delta.tool_calls = [{ index: 0, id: 't', function: { name: 'f', arguments: words } }]
  const json: Record<string, unknown> = {
    ...(odd < 0.97 && { id: 'c', object: 'chat.completion.chunk' }),
    model: random.next() < 0.05 ? 'other' : 'm',
    ...(odd > 0.1 && odd < 0.13 && { note: { content: words } }),
    choices: [
      {
        index: odd > 0.13 && odd < 0.16 ? 1 : 0,
        delta,
        finish_reason: odd > 0.16 && odd < 0.18 ? 'stop' : null,
      },
    ],
    ...(odd > 0.18 &&
      odd < 0.21 && { usage: { prompt_tokens: 3, completion_tokens: random.integer(0, 9) } }),
    ...(odd > 0.21 && odd < 0.22 && { error: { message: words } }),
  }
  const text = JSON.stringify(json)
  if (odd > 0.22 && odd < 0.23) return text.slice(0, -random.integer(1, 5))
  return odd > 0.23 && odd < 0.24 ? text.replace('a', '\u0002') : text
}

export function fuzzShortStreams(rounds: number): void {
  test.each(['openai-chat', 'openai-completions', 'anthropic-messages', 'gateway'] as const)(
    `${rounds} streams of %s`,
    (api) => {
      const random = createRandom(api.length)
      let cast = 0
      for (let round = 0; round < rounds; round++) {
        const thoughts = random.integer(0, 8)
        const data = Array.from({ length: random.integer(1, 40) }, (_, i) =>
          event(random, api, i < thoughts),
        )
        const parse = vi.spyOn(JSON, 'parse')
        const [scanned, full] = both(data, api)
        const calls = parse.mock.calls.filter(([text]) => !text.startsWith('"')).length
        parse.mockRestore()
        expect(scanned, JSON.stringify(data)).toEqual(full)
        if (calls < 2 * data.length) cast++
      }
      expect(cast).toBeGreaterThan(rounds / 5) // it was read by comparison at all
    },
    timeout(rounds),
  )
}

const BREAKS = ['\\', '"', '\n', '\r', '\u0001', '\\u00', '\\n', '\\"', '\\u0041', '","', '}\n{']

export function fuzzLongStreams(rounds: number): void {
  test(
    `${rounds} long streams in runs of all lengths, with an event broken here and there`,
    () => {
      const random = createRandom(5)
      for (let round = 0; round < rounds; round++) {
        const every = random.integer(1, 200)
        const data = Array.from({ length: random.integer(1, 900) }, () => chunk(random.item(WORDS)))
        for (let i = 0; i < data.length; i += random.integer(1, every)) {
          const text = data[i] as string
          const words = text.indexOf('"content":"') + '"content":"'.length
          const at = random.integer(words - 2, Math.min(words + 4, text.length))
          const kind = random.next()
          // Two events as one of two lines; else a break in or beside the words.
          if (kind < 0.2) data[i] = `${text}\n${text}`
          else if (kind < 0.3) data[i] = ''
          else data[i] = text.slice(0, at) + random.item(BREAKS) + text.slice(at)
        }
        const [scanned, full] = both(data, 'openai-chat')
        if (JSON.stringify(scanned) !== JSON.stringify(full)) expect(scanned).toEqual(full)
      }
    },
    timeout(rounds),
  )
}
