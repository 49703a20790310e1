import { describe, expect, test } from 'vitest'
import type { StreamOutcome } from '../../../src/stream/interpret.ts'
import type { Recording } from '../../../src/stream/recording.ts'
import { measure } from '../../../src/stream/timing.ts'

function recording(at: number[], more: Partial<Recording> = {}): Recording {
  return {
    source: 'stream',
    startedAt: 100,
    headersAt: 110,
    endedAt: (at[at.length - 1] ?? 100) + 1,
    status: 200,
    headers: {},
    at,
    data: at.map(() => ''),
    event: at.map(() => ''),
    ...more,
  }
}

function outcome(generated: number[], more: Partial<StreamOutcome> = {}): StreamOutcome {
  return {
    text: '',
    reasoning: '',
    toolCalls: [],
    finishReason: 'stop',
    truncated: false,
    unterminated: false,
    streamed: true,
    events: generated.length,
    generated,
    spans: generated.flatMap((index) => [index, index]),
    firstVisible: generated[0] ?? null,
    choices: 1,
    ...more,
  }
}

const tokens = (completionTokens: number, reasoningTokens?: number) => ({
  usage: { completionTokens, reasoningTokens },
})

describe('TPOT', () => {
  const at = [200, 220, 240, 260, 300]

  test('is the span over the tokens after the first event', () => {
    expect(measure(recording(at), outcome([0, 1, 2, 3], tokens(4))).tpot).toBe(20)
  })

  test('counts tokens, not events', () => {
    expect(measure(recording(at), outcome([0, 1, 2, 3], tokens(13))).tpot).toBe(5)
  })

  test('takes the tokens of the first event off where they are known', () => {
    const known = outcome([0, 1, 2, 3], { ...tokens(15), tokensInFirst: 3 })
    expect(measure(recording(at), known).tpot).toBe(5)
  })

  test('takes off reasoning tokens that were counted and not streamed', () => {
    expect(measure(recording(at), outcome([0, 1, 2, 3], tokens(104, 100))).tpot).toBe(20)
    const streamed = outcome([0, 1, 2, 3], { ...tokens(4, 2), reasoning: 'hm' })
    expect(measure(recording(at), streamed).tpot).toBe(20)
  })

  test('takes hidden reasoning off once where the first event counts it too', () => {
    // 100 hidden tokens, then 4 events of one each; the first event says 101 so far.
    const counted = outcome([0, 1, 2, 3], { ...tokens(104, 100), tokensInFirst: 101 })
    expect(measure(recording(at), counted).tpot).toBe(20)
  })

  test('is absent where reasoning came as a summary, unless there was none to count', () => {
    const summary = { reasoning: 'in short', summarized: true }
    for (const usage of [tokens(104, 100), tokens(104)]) {
      expect(measure(recording(at), outcome([0, 1, 2, 3], { ...usage, ...summary })).tpot).toBe(
        undefined,
      )
    }
    const none = outcome([0, 1, 2, 3], { ...tokens(4, 0), summarized: true })
    expect(measure(recording(at), none).tpot).toBe(20)
  })

  test.each([
    ['without usage', outcome([0, 1, 2])],
    ['with one event', outcome([0], tokens(1))],
    ['with several choices', outcome([0, 1, 2], { ...tokens(6), choices: 2 })],
    ['where more came first than was counted', outcome([0, 1], tokens(1))],
  ])('is absent %s', (_why, what) => {
    expect(measure(recording(at), what).tpot).toBeUndefined()
  })
})

describe('other times', () => {
  test('end at the last generated event', () => {
    const timing = measure(recording([150, 200, 230, 900]), outcome([1, 2], { firstVisible: 2 }))
    expect(timing).toMatchObject({ ttfb: 10, ttft: 100, ttfo: 130, duration: 130, gaps: [30] })
  })

  test('of a body are its end only', () => {
    const timing = measure(
      recording([], { source: 'body', at: undefined, endedAt: 900 }),
      outcome([0, 1, 2], tokens(3)),
    )
    expect(timing).toEqual({ source: 'body', ttfb: 10, duration: 800 })
  })

  test('of a recording that has not the times of all its events are headers and the end', () => {
    expect(measure(recording([150, 160]), outcome([0, 1, 2], tokens(3)))).toEqual({
      source: 'stream',
      ttfb: 10,
      duration: 61,
    })
  })

  test('of a stream without output are headers and the end', () => {
    expect(measure(recording([150]), outcome([]))).toEqual({
      source: 'stream',
      ttfb: 10,
      duration: 51,
    })
  })

  test('stalls are gaps over the limit, and the silence at the end of a broken stream', () => {
    const at = [200, 300, 2400, 2500]
    expect(measure(recording(at), outcome([0, 1, 2, 3])).stalls).toBe(1)
    expect(measure(recording(at), outcome([0, 1, 2, 3]), 50).stalls).toBe(3)
    const broken = recording(at, { endedAt: 9000, error: { kind: 'timeout', message: '' } })
    expect(measure(broken, outcome([0, 1, 2, 3])).stalls).toBe(2)
  })

  test('a proxy that buffers is seen from 10 events on', () => {
    const burst = Array.from({ length: 12 }, (_, i) => 1000 + i * 0.1)
    const indices = burst.map((_, i) => i)
    expect(measure(recording(burst), outcome(indices)).buffered).toBe(true)
    expect(measure(recording(burst), outcome(indices.slice(0, 9))).buffered).toBeUndefined()
    const paced = burst.map((_, i) => 1000 + i * 20)
    expect(measure(recording(paced), outcome(indices)).buffered).toBe(false)
  })
})
