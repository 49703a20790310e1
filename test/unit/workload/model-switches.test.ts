import { beforeEach, describe, expect, test, vi } from 'vitest'
import { perPair, perTag } from '../../../src/sla/per-tag.ts'
import { switchTour } from '../../../src/workload/switch-tour.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { json } from '../models/servers.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  world.reset()
  world.tick = 0
  requests.length = 0
})

describe('a tour', () => {
  test.each([2, 3, 4, 7])('of %i models has each ordered pair once, and comes back', (n) => {
    const models = Array.from({ length: n }, (_, i) => `m${i}`)
    const tour = switchTour(models)
    const pairs = tour.map((to, i) => `${i === 0 ? 'm0' : tour[i - 1]} ${to}`)
    expect(tour).toHaveLength(n * (n - 1))
    expect(new Set(pairs).size).toBe(n * (n - 1))
    for (const pair of pairs) expect(pair.split(' ')[0]).not.toBe(pair.split(' ')[1])
    expect(tour[tour.length - 1]).toBe('m0')
  })

  test('needs two models', () => {
    expect(() => switchTour(['a'])).toThrow(Aborted)
  })
})

describe('the scenario', () => {
  /** The scenario is state of the module: each test has its own, and its own k6. */
  async function fresh() {
    vi.resetModules()
    const { serve } = await import('../models/servers.ts')
    const module = await import('../../../src/workload/model-switches.ts')
    server(serve)
    return module
  }
  const manager = { baseUrl: 'http://sim', backend: 'ollama' as const, deadline: '90s' }
  let resident = 'a'
  function server(serve: typeof import('../models/servers.ts')['serve']) {
    resident = 'a'
    serve({
      'GET /api/tags': json({ models: ['a', 'b', 'c'].map((name) => ({ name })) }),
      'GET /api/ps': () => json({ models: resident === '' ? [] : [{ name: resident }] }),
      'POST /api/generate': (_request, asked) => {
        resident = asked.keep_alive === 0 ? '' : `${asked.model}`
        return json({ done: true, done_reason: 'load' })
      },
      'POST /api/chat': (_request, asked) => ({
        ...json({
          model: asked.model,
          message: { role: 'assistant', content: 'Hi' },
          done: true,
          done_reason: 'stop',
        }),
      }),
    })
  }

  test('has one VU, and lets the last switch end', async () => {
    const { modelSwitchScenario } = await fresh()
    expect(modelSwitchScenario({ manager, startTime: '30s' })).toEqual({
      executor: 'constant-vus',
      duration: '10m',
      exec: 'modelSwitch',
      vus: 1,
      gracefulStop: '120s',
      startTime: '30s',
    })
    const again = await fresh()
    expect(again.modelSwitchScenario({ manager, switches: 2, exec: 'mine' })).toMatchObject({
      executor: 'per-vu-iterations',
      iterations: 2,
      maxDuration: '300s',
      exec: 'mine',
    })
    expect(() => again.modelSwitchScenario({ manager })).toThrow('called twice')
  })

  test('switches, pauses, and puts back what was', async () => {
    const { modelSwitch, modelSwitchScenario, modelSwitchSetup, modelSwitchTeardown } =
      await fresh()
    modelSwitchScenario({ manager, order: 'round-robin', pause: '7s' })
    const data = JSON.parse(JSON.stringify(await modelSwitchSetup()))
    const pairs = []
    for (let i = 0; i < 6; i++) {
      const done = await modelSwitch()
      pairs.push(`${done.from} ${done.to}`)
    }
    expect(pairs).toEqual(['a c', 'c a', 'a b', 'b c', 'c b', 'b a'])
    const { to } = await modelSwitch()
    expect(resident).toBe(to)
    await modelSwitchTeardown(data)
    expect(resident).toBe('a')
  })

  test('at random it is another model each time', async () => {
    const { modelSwitch, modelSwitchScenario } = await fresh()
    modelSwitchScenario({ manager, pause: '1s' })
    for (let i = 0; i < 8; i++) {
      const done = await modelSwitch()
      expect(done.to).not.toBe(done.from)
      expect(done.ok).toBe(true)
    }
  })

  test('says what is missing', async () => {
    const module = await fresh()
    await expect(module.modelSwitch()).rejects.toThrow(/call modelSwitchScenario\(…\) at init/)
  })
})

describe('thresholds that only keep figures apart', () => {
  test('perTag: by kind of metric, for names as they are in tags', () => {
    expect(
      perTag('model', ['org/a:8b', 'b,{c}'], ['llm_requests', 'llm_failed', 'llm_ttft']),
    ).toEqual({
      'llm_requests{model:org/a:8b}': ['count>=0'],
      'llm_failed{model:org/a:8b}': ['rate>=0'],
      'llm_ttft{model:org/a:8b}': ['max>=0'],
      'llm_requests{model:b__c_}': ['count>=0'],
      'llm_failed{model:b__c_}': ['rate>=0'],
      'llm_ttft{model:b__c_}': ['max>=0'],
    })
    expect(Object.keys(perTag('model', ['a']))).toContain('llm_tpot{model:a}')
    expect(perTag('x', ['1'], ['http_reqs'])).toEqual({ 'http_reqs{x:1}': ['count>=0'] })
  })

  test('perPair: each ordered pair', () => {
    expect(perPair(['a', 'b'])).toEqual({
      'llm_model_switch_duration{from:a,to:b}': ['max>=0'],
      'llm_model_switch_failed{from:a,to:b}': ['rate>=0'],
      'llm_model_switch_duration{from:b,to:a}': ['max>=0'],
      'llm_model_switch_failed{from:b,to:a}': ['rate>=0'],
    })
  })

  test.each([
    ['a b', ['x'], undefined, /name of a tag/],
    ['model', [''], undefined, /values of model/],
    ['model', ['x'], ['llm_tfft'], /metric of k6-llm such as 'llm_ttft', got "llm_tfft"/],
  ] as const)('%s %j %j ends the test', (tag, values, metrics, message) => {
    expect(() => perTag(tag, [...values], metrics && [...metrics])).toThrow(Aborted)
    expect(world.aborted).toMatch(message)
  })
})
