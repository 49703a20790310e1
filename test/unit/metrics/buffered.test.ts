import { beforeEach, describe, expect, test } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { body, chunk, completion, usageChunk } from '../../support/answers.ts'
import { world } from '../../support/k6/execution.ts'
import { respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import sse, { play } from '../../support/k6/sse.ts'

const baseUrl = 'http://sim'
const transport = sseTransport(sse)
const PACE = ['llm_tpot', 'llm_tokens_per_second', 'llm_gap_max', 'llm_itl', 'llm_slo_tpot']

/** So many tokens, the first at 2 s, `apart` ms between two. */
function tokens(count: number, apart: number) {
  const steps = Array.from({ length: count }, (_, i) => ({
    at: 2000 + i * apart,
    event: { data: chunk('x', i === count - 1 ? 'stop' : undefined) },
  }))
  const last = 2000 + count * apart
  steps.push({ at: last, event: { data: usageChunk(7, count) } })
  steps.push({ at: last, event: { data: '[DONE]' } })
  play({ headersAt: 1990, steps })
}

beforeEach(() => {
  world.reset()
  world.tick = 0
  samples.length = 0
})

describe('a stream that a proxy held back', () => {
  test('gives no sample of pace, and no goodput where a limit is on pace', async () => {
    tokens(20, 0.5)
    const slo = { ttft: 3000, tpot: 50, e2el: 9000 }
    const reply = await createChatClient({ baseUrl, transport, slo, itl: 'all' }).stream('Hi')
    expect(reply).toMatchObject({ ok: true, stream: { buffered: true } })
    for (const metric of [...PACE, 'llm_goodput']) expect(valuesOf(metric), metric).toEqual([])
    expect(valuesOf('llm_buffered')).toEqual([1])
    expect(valuesOf('llm_ttft')).toEqual([2000])
    expect(valuesOf('llm_slo_ttft')).toEqual([1])
    expect(valuesOf('llm_slo_e2el')).toEqual([1])
  })

  test('is good or bad by the limits that are not on pace', async () => {
    tokens(20, 0.5)
    await createChatClient({ baseUrl, transport, slo: { ttft: 100 } }).stream('Hi')
    expect(valuesOf('llm_goodput')).toEqual([0])
  })

  test.each([
    { what: 'tokens at a pace', count: 20, apart: 10 },
    { what: 'an answer too short to tell', count: 9, apart: 0.1 },
  ])('$what have one', async ({ count, apart }) => {
    tokens(count, apart)
    await createChatClient({ baseUrl, transport, slo: { tpot: 50 }, itl: 'all' }).stream('Hi')
    for (const metric of [...PACE, 'llm_goodput']) {
      expect(valuesOf(metric).length, metric).toBeGreaterThan(0)
    }
  })
})

test('headers of a stream that is not seen arriving are told apart from those of whole answers', async () => {
  respond(() => ({
    body: body(chunk('ab', 'stop'), usageChunk(7, 4), '[DONE]'),
    timings: { waiting: 300, receiving: 100 },
  }))
  await createChatClient({ baseUrl }).stream('Hi')
  respond(() => ({ body: completion('Hi', 2), timings: { waiting: 700 } }))
  await createChatClient({ baseUrl }).complete('Hi')
  expect(valuesOf('llm_response_headers', { answer: 'stream' })).toEqual([300])
  expect(valuesOf('llm_response_headers')).toEqual([300, 700])
})
