import { beforeEach, describe, expect, test } from 'vitest'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { setupDuration } from '../../../src/core/clock.ts'
import { misuse } from '../../../src/core/errors.ts'
import { completion } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'
import sse, { play } from '../../support/k6/sse.ts'

const baseUrl = 'http://sim'
const transport = sseTransport(sse)
const answer = { body: completion('Hi', 2), timings: { waiting: 10 } }
const busy = { status: 503, body: '{}', error_code: 1503 }

beforeEach(() => {
  world.reset()
  samples.length = 0
  requests.length = 0
  respond(() => answer)
})

/** How many were handed over, and how many ended. */
const counts = () => [valuesOf('llm_started').length, valuesOf('llm_requests').length]

describe('every request that ends was counted when it was handed over', () => {
  test('whole answers, probes, embeddings, failures', async () => {
    const chat = createChatClient({ baseUrl, model: 'm' })
    await chat.stream('Hi')
    await chat.complete('Hi')
    await chat.probe('Hi')
    await chat.embed('Hi')
    respond(() => busy)
    await chat.complete('Hi')
    expect(counts()).toEqual([5, 5])
    expect(valuesOf('llm_started', { phase: 'probe' })).toEqual([1])
    expect(valuesOf('llm_started', { api: 'embeddings', model: 'm' })).toEqual([1])
    expect(valuesOf('llm_started', { phase: 'measure', api: 'openai-chat' })).toHaveLength(3)
  })

  test('each attempt, and who left', async () => {
    let asked = 0
    respond(() => (asked++ === 0 ? busy : answer))
    await createChatClient({ baseUrl, retry: true }).complete('Hi')
    expect(counts()).toEqual([2, 2])
    respond(() => ({
      status: 0,
      error: 'request timeout',
      error_code: 1050,
      timings: { waiting: 50 },
    }))
    const reply = await createChatClient({ baseUrl, patience: 50 }).complete('Hi')
    expect(reply.error?.kind).toBe('abandoned')
    expect(counts()).toEqual([3, 3])
  })

  test('what the script itself aborts', async () => {
    play({
      headersAt: 10,
      steps: [
        { at: 20, event: { data: '{"choices":[{"index":0,"delta":{"content":"a"}}]}' } },
        { at: 30, event: { data: '{"choices":[{"index":0,"delta":{"content":"b"}}]}' } },
      ],
    })
    const chat = createChatClient({ baseUrl, transport })
    const reply = await chat.stream('Hi', { abortAfter: { events: 1 } })
    expect(reply.error?.kind).toBe('aborted')
    expect(counts()).toEqual([1, 1])
  })

  test('what is cut off has been counted before it is sent', () => {
    const chat = createChatClient({ baseUrl })
    respond(() => {
      expect(counts()).toEqual([1, 0])
      return answer
    })
    return chat.complete('Hi').then(() => expect(counts()).toEqual([1, 1]))
  })
})

describe('what setup took', () => {
  const after = (ms: number, startTime?: string) => {
    world.time = ms + 500
    world.tick = 0
    world.scenarioStart = Date.now() - 500
    world.scenario = { executor: 'constant-vus', vus: 1, startTime }
    return setupDuration()
  }

  test('is how long after the run the scenario began, less its startTime', () => {
    // The wall clock goes on meanwhile.
    expect(Math.abs((after(4000) as number) - 4000)).toBeLessThan(100)
    expect(Math.abs((after(34_000, '30s') as number) - 4000)).toBeLessThan(100)
  })

  test('is not told where it was under a second', () => {
    expect(after(800)).toBeUndefined()
    expect(after(30_500, '30s')).toBeUndefined()
  })
})

test('the library tells that it ended the test itself', () => {
  expect(() => misuse('no')).toThrow(Aborted)
  expect(valuesOf('llm_test_aborted')).toEqual([1])
  world.init = true
  expect(() => misuse('no')).toThrow('k6-llm: no')
  expect(valuesOf('llm_test_aborted')).toEqual([1])
})
