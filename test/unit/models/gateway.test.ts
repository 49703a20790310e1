import { beforeEach, describe, expect, test } from 'vitest'
import { createModelManager } from '../../../src/models/manager.ts'
import { completion } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import {
  type FakeRequest,
  type FakeResponse,
  requests,
  respond,
  respondOf,
} from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

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

  test('to a model that is in force by the status only is lost', async () => {
    gateway([{ current: 'b' }], {
      accept: { body: '{"success":true,"switching_to":null}' },
      answer: 'org/a',
    })
    expect(await manager().switchTo('b')).toMatchObject({
      ok: false,
      already: false,
      reason: 'lost',
    })
    expect(valuesOf('llm_model_switch_failed', { reason: 'lost' })).toEqual([1])
  })

  test('is not asked for where no status can be had: the server is gone', async () => {
    gateway([{ fails: true }])
    expect(await manager().switchTo('b')).toMatchObject({
      reason: 'gone',
      message: 'no status before the switch, so none was asked for: connection refused',
    })
    expect(valuesOf('llm_model_switch_failed', { reason: 'gone', from: 'none' })).toEqual([1])
    expect(requests.map((r) => r.method)).toEqual(['GET'])
  })

  test('is stuck where the status itself fails till the deadline', async () => {
    let begun = false
    gateway([{}])
    const inner = respondOf()
    respond((request) => {
      if (request.url.endsWith('/switch')) begun = true
      else if (begun) return { status: 500, body: '{"detail":"ill"}', timings: { waiting: 1 } }
      return inner(request)
    })
    const result = await manager().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason: 'stuck' })
    expect(result.message).toMatch(/^ill; 20 looks in 1.9 s: no status \(ill\) ×20$/)
  })

  test('is failed where no model is left after a load', async () => {
    gateway([{}, { status: 'switching' }, { status: 'stopped', current: null }])
    const result = await manager().switchTo('b')
    expect(result).toMatchObject({ ok: false, reason: 'failed' })
    expect(result.message).toMatch(/^loading ended and no model is there; \d looks in 0.\d s/)
  })

  test('gives each of its requests no more time than is left', async () => {
    gateway([{}, { status: 'switching' }])
    await manager({ timeout: 1500 }).switchTo('b')
    const timeouts = requests.map((r) => r.params.timeout as number)
    expect(timeouts.slice(0, 2)).toEqual([1500, 1500])
    expect(timeouts[timeouts.length - 1]).toBe(250)
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
      'HTTP 404: no such profile',
    ],
    [
      'refused',
      [{}],
      { accept: { body: '{"success":false,"message":"not on this machine"}' } },
      'HTTP 200: not on this machine',
    ],
    [
      'failed',
      [{}],
      { accept: { status: 500, body: '{"detail":"docker is not there"}' } },
      'HTTP 500: docker is not there',
    ],
    [
      'gone',
      [{}],
      { accept: { status: 0, error: 'connection refused', error_code: 1212 } },
      'connection refused',
    ],
    [
      'failed',
      [{}, { status: 'switching' }, { status: 'error' }],
      {},
      'as it is; 2 looks in 0.1 s: loading ×1, error, "a" ×1',
    ],
    [
      'failed',
      [{}, { status: 'switching' }, {}],
      {},
      'loading ended and the server is running "a" again; 2 looks in 0.1 s: loading ×1, ' +
        'ready with "a" ×1; its last words: "as it is"',
    ],
    // The guide's real gateway, whose status never says `switching` (facts/wire.md 3.1).
    [
      'not_started',
      [{}],
      {},
      'accepted, and no load was ever seen: the server is running "a"; 6 looks in 0.5 s: ' +
        'ready with "a" ×6; its last words: "as it is"',
    ],
    // The same, where its docker stopped the old model and started no other.
    [
      'not_started',
      [{}, { status: 'stopped' }],
      {},
      'accepted, and no load was ever seen: the server is stopped; 20 looks in 1.9 s: ' +
        'stopped, "a" ×20; its last words: "as it is"',
    ],
    [
      'stuck',
      [{}, { status: 'switching' }],
      {},
      'still loading at the deadline; 20 looks in 1.9 s: loading ×20; its last words: "as it is"',
    ],
    [
      'gone',
      [{}, { fails: true }],
      {},
      'connection refused; 20 looks in 1.9 s: no status (connection refused) ×20',
    ],
    [
      'lost',
      [{}, { current: 'b' }],
      { answer: 'org/a' },
      'the status has "b", and "org/a" answered',
    ],
    [
      'lost',
      [{}, { current: 'b' }],
      { chat: { status: 404, body: '{"detail":"not here"}' } },
      'the status has "b", and not here',
    ],
    // Not lost: nobody knows who would have answered.
    [
      'refused',
      [{}, { current: 'b' }],
      { chat: { status: 401, body: '{"detail":"no token"}' } },
      'the model could not be asked: HTTP 401: no token',
    ],
    [
      'stuck',
      [{}, { current: 'b' }],
      { chat: { status: 503, body: '{"detail":"loading"}' } },
      'no answer of the new model: loading',
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

  test('takes what status() said in setup, as k6 hands it on', async () => {
    gateway([{ current: 'b' }, { current: 'a' }, { current: 'a' }, { current: 'b' }])
    const models = manager()
    const before = JSON.parse(JSON.stringify(await models.status()))
    expect(await models.restore(before)).toMatchObject({ ok: true, from: 'a', to: 'b' })
  })

  test('does nothing where the model is in force, or was never known', async () => {
    gateway([{ current: 'b' }])
    expect(await manager().restore('b')).toBeUndefined()
    expect(await manager().restore(null)).toBeUndefined()
    expect(requests.filter((r) => r.url.endsWith('/switch'))).toEqual([])
  })
})

describe('one VU', () => {
  test.each([
    { executor: 'constant-vus', vus: 2 },
    { executor: 'ramping-vus', startVUs: 1, stages: [{ duration: '1m', target: 3 }] },
    { executor: 'constant-arrival-rate', rate: 1, preAllocatedVUs: 1, maxVUs: 4 },
  ])('switches; %j ends the test', async (scenario) => {
    gateway([{}])
    world.scenario = scenario
    await expect(manager().switchTo('b')).rejects.toThrow(Aborted)
    expect(world.aborted).toMatch(
      /switchTo in scenario default, which has [234] VUs: .* scenario of their own with vus: 1/,
    )
    expect(requests).toEqual([])
  })

  test.each([
    { executor: 'per-vu-iterations', vus: null, iterations: 4 },
    {
      executor: 'ramping-arrival-rate',
      startRate: 20,
      stages: [{ duration: '1m', target: 30 }],
      preAllocatedVUs: 1,
      maxVUs: null,
    },
  ])('is what %j has', async (scenario) => {
    gateway([{}, { current: 'b' }])
    world.scenario = scenario
    expect(await manager().switchTo('b')).toMatchObject({ ok: true })
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
      state: 'unknown',
      current: null,
      error: { kind: 'connect' },
    })
    expect(valuesOf('llm_server_gpu_memory')).toEqual([])
  })

  test('takes its deadline from MODEL_SWITCH_TIMEOUT, in seconds', () => {
    global.__ENV = { MODEL_SWITCH_TIMEOUT: '7' }
    expect(createModelManager({ baseUrl }).deadline).toBe(7000)
    expect(createModelManager({ baseUrl, deadline: '3s' }).deadline).toBe(3000)
    // A switch in flight, the one back, and a minute.
    expect(createModelManager({ baseUrl, deadline: '90s' }).teardownTimeout).toBe('240s')
  })

  test('takes its address from BASE_URL', async () => {
    gateway([{}, { current: 'b' }])
    global.__ENV = { BASE_URL: 'http://sim' }
    expect(await manager({ baseUrl: undefined }).switchTo('b')).toMatchObject({ ok: true })
    global.__ENV = {}
    expect(() => manager({ baseUrl: undefined })).toThrow(Aborted)
  })

  test.each([
    [{ backend: 'x' }, /backend: expected one of gateway, ollama, .*, custom, got "x"/],
    [{ dedline: 1 }, /unknown option "dedline"/],
    [{ deadline: 'soon' }, /deadline: expected milliseconds .* got "soon"/],
  ])('%j ends the test', (options, message) => {
    expect(() => manager(options)).toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })
})
