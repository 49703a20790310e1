import { beforeEach, describe, expect, test } from 'vitest'
import { createModelManager } from '../../src/model-manager.ts'
import { completion } from '../support/answers.ts'
import { Aborted, world } from '../support/k6/execution.ts'
import { type FakeRequest, type FakeResponse, requests, respond } from '../support/k6/http.ts'
import { samples, valuesOf } from '../support/k6/metrics.ts'

const global = globalThis as unknown as { __ENV: Record<string, string> }
const baseUrl = 'http://sim'
const profiles = { a: { model_id: 'org/a' }, b: { model_id: 'org/b' } }

/** What the gateway says to one look at its status. */
interface Look {
  status?: string
  current?: string | null
  fails?: boolean
}

/** A gateway that goes through these looks, one for each status call, and stays at the last. */
function gateway(
  looks: Look[],
  more: { answer?: string; accept?: FakeResponse; chat?: FakeResponse } = {},
) {
  let call = 0
  respond((request: FakeRequest) => {
    if (request.url.endsWith('/switch')) {
      return more.accept ?? { body: '{"success":true,"switching_to":"b"}', timings: { waiting: 5 } }
    }
    if (request.url.endsWith('/api/chat')) {
      return (
        more.chat ?? { body: completion('Hi', 1, more.answer ?? 'org/b'), timings: { waiting: 40 } }
      )
    }
    const look = looks[Math.min(call++, looks.length - 1)] as Look
    if (look.fails) return { status: 0, error: 'connection refused', error_code: 1212 }
    return {
      body: JSON.stringify({
        status: look.status ?? 'running',
        current_profile: look.current === undefined ? 'a' : look.current,
        available_profiles: profiles,
        message: 'as it is',
        hardware_info: { total_vram_gb: 48, available_vram_gb: 36 },
      }),
      timings: { waiting: 1 },
    }
  })
}

const manager = (options = {}) =>
  createModelManager({ baseUrl, pollInterval: 100, deadline: 2000, grace: 500, ...options })

beforeEach(() => {
  world.reset()
  world.tick = 0
  global.__ENV = {}
  samples.length = 0
  requests.length = 0
})

describe('a switch', () => {
  test('lasts from its request to the answer of the new model', async () => {
    gateway([{}, { status: 'switching' }, { status: 'switching' }, { current: 'b' }])
    const result = await manager().switchTo('b')
    // accepted 5, look 1, pause 100, look 1, pause 100, look 1, answer 40
    expect(result).toMatchObject({
      ok: true,
      from: 'a',
      to: 'b',
      backend: 'gateway',
      already: false,
      duration: 248,
      accepted: 5,
    })
    const tags = { from: 'a', to: 'b', backend: 'gateway' }
    expect(valuesOf('llm_model_switch_duration', tags)).toEqual([248])
    expect(valuesOf('llm_model_switch_failed', tags)).toEqual([0])
    expect(valuesOf('llm_ttft_probe', { ...tags, start: 'cold' })).toEqual([40])
    expect(valuesOf('llm_ttft_probe', { ...tags, start: 'warm' })).toEqual([40])
    expect(valuesOf('llm_requests')).toEqual([])
    expect(requests.filter((r) => r.url.endsWith('/switch')).map((r) => r.body)).toEqual([
      '{"profile_id":"b"}',
    ])
  })

  test('to the model in force is none', async () => {
    gateway([{ current: 'b' }], { accept: { body: '{"success":true,"switching_to":null}' } })
    expect(await manager().switchTo('b')).toMatchObject({ ok: true, already: true })
    expect(samples).toEqual([])
  })

  test('looks through a server that does not answer for a while', async () => {
    gateway([{}, { fails: true }, { status: 'stopped' }, { current: 'b' }])
    expect(await manager().switchTo('b')).toMatchObject({ ok: true, duration: 247 })
  })

  test.each([
    [
      'refused',
      [{}],
      { accept: { status: 404, body: '{"detail":"no such profile"}' } },
      'no such profile',
    ],
    [
      'gone',
      [{}],
      { accept: { status: 0, error: 'connection refused', error_code: 1212 } },
      'connection refused',
    ],
    ['failed', [{}, { status: 'switching' }, { status: 'error' }], {}, 'as it is'],
    ['failed', [{}, { status: 'switching' }, {}], {}, 'the server is running "a" again'],
    ['not_started', [{}], {}, 'the server is running "a" again'],
    ['stuck', [{}, { status: 'switching' }], {}, 'still loading after 1925 ms'],
    ['gone', [{}, { fails: true }], {}, 'connection refused'],
    ['lost', [{}, { current: 'b' }], { answer: 'org/a' }, '"org/a" answered'],
    [
      'lost',
      [{}, { current: 'b' }],
      { chat: { status: 404, body: '{"detail":"not here"}' } },
      'not here',
    ],
    [
      'stuck',
      [{}, { current: 'b' }],
      { chat: { status: 503, body: '{"detail":"loading"}' } },
      'loading',
    ],
  ] as const)('is %s: %j', async (reason, looks, more, message) => {
    gateway([...looks] as Look[], more)
    const result = await manager().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason, message })
    expect(result.duration).toBeUndefined()
    expect(valuesOf('llm_model_switch_failed', { reason })).toEqual([1])
    expect(valuesOf('llm_model_switch_failed')).toHaveLength(1)
    expect(valuesOf('llm_model_switch_duration')).toEqual([])
    expect(world.time).toBeLessThanOrEqual(2100) // no later than its deadline
  })

  test('the error of an earlier switch is not its own', async () => {
    gateway([{ status: 'error' }, { status: 'error' }, { status: 'switching' }, { current: 'b' }])
    expect(await manager().switchTo('b')).toMatchObject({ ok: true })
  })
})

describe('restore', () => {
  test('waits for a switch in flight, then puts the first model back, and records nothing', async () => {
    gateway([
      { status: 'switching' },
      { status: 'switching' },
      { current: 'a' },
      { current: 'a' },
      { current: 'b' },
    ])
    expect(await manager().restore('b')).toMatchObject({ ok: true, to: 'b' })
    expect(samples).toEqual([])
  })

  test('does nothing where the model is in force, or was never known', async () => {
    gateway([{ current: 'b' }])
    expect(await manager().restore('b')).toBeUndefined()
    expect(await manager().restore(null)).toBeUndefined()
    expect(requests.filter((r) => r.url.endsWith('/switch'))).toEqual([])
  })
})

describe('the manager', () => {
  test('reads status and GPU memory', async () => {
    gateway([{}])
    expect(await manager().status()).toMatchObject({
      ok: true,
      state: 'ready',
      current: 'a',
      models: ['a', 'b'],
      gpuMemory: 0.25,
    })
    expect(valuesOf('llm_server_gpu_memory')).toEqual([0.25])
    expect(await manager().list()).toEqual({ ok: true, models: ['a', 'b'], error: null })
  })

  test('errors are data', async () => {
    gateway([{ fails: true }])
    expect(await manager().status()).toMatchObject({
      ok: false,
      state: 'stopped',
      current: null,
      error: { kind: 'connect' },
    })
    expect(valuesOf('llm_server_gpu_memory')).toEqual([])
  })

  test('takes its deadline from MODEL_SWITCH_TIMEOUT, in seconds', () => {
    global.__ENV = { MODEL_SWITCH_TIMEOUT: '7' }
    expect(createModelManager({ baseUrl }).deadline).toBe(7000)
    expect(createModelManager({ baseUrl, deadline: '3s' }).deadline).toBe(3000)
  })

  test.each([
    [{ backend: 'x' }, /backend: expected one of gateway, got "x"/],
    [{ dedline: 1 }, /unknown option "dedline"/],
    [{ deadline: 'soon' }, /deadline: expected milliseconds .* got "soon"/],
  ])('%j ends the test', (options, message) => {
    expect(() => manager(options)).toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })
})
