import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { phaseNow } from '../../../src/core/phase.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { errorKindThresholds, toThresholds } from '../../../src/sla/thresholds.ts'
import { profiles, type Scenario } from '../../../src/workload/profiles.ts'
import { withWarmup } from '../../../src/workload/warmup.ts'
import { world } from '../../support/k6/execution.ts'
import { respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

const steady: Scenario = { executor: 'constant-vus', vus: 2, duration: '60s' }

describe('withWarmup', () => {
  test('marks a scenario and keeps all else', () => {
    const marked = withWarmup({ ...steady, env: { MODEL: 'a' } }, { warmup: '10s', cooldown: 5000 })
    expect(marked).toEqual({ ...steady, env: { MODEL: 'a', LLM_PHASES: '10000,55000' } })
    expect(withWarmup(steady, { cooldown: '5s' }).env).toEqual({ LLM_PHASES: '0,55000' })
  })

  test('marks each of a group but the one that watches the lag', () => {
    const lag = { executor: 'per-vu-iterations', exec: 'clientLag', maxDuration: '65s' }
    const group = withWarmup({ load: profiles.load, lag }, { warmup: '1m' })
    expect((group.load as { env?: object }).env).toEqual({ LLM_PHASES: '60000,780000' })
    expect(group.lag).toBe(lag)
  })

  test('of iterations has no known end', () => {
    const scenario: Scenario = { executor: 'shared-iterations', iterations: 100, vus: 2 }
    expect(withWarmup(scenario, { warmup: '10s' }).env).toEqual({ LLM_PHASES: '10000' })
    expect(() => withWarmup(scenario, { warmup: '10s', cooldown: '1s' })).toThrow(
      'cooldown: a shared-iterations scenario ends when its iterations are done',
    )
  })

  test.each([
    [{ warmup: '50s', cooldown: '10s' }, 'warmup and cooldown are 60 s of 60 s'],
    [{}, 'expected a warmup or a cooldown'],
    [{ warmup: 'x' }, 'warmup: expected milliseconds or a duration'],
    [{ warm: '1s' }, 'unknown option "warm"'],
  ])('%j is refused', (options, message) => {
    expect(() => withWarmup(steady, options as never)).toThrow(message)
  })
})

describe('a request in a warm-up', () => {
  beforeEach(() => {
    world.reset()
    samples.length = 0
    vi.useFakeTimers({ now: 1000, toFake: ['Date'] })
    vi.stubGlobal('__ENV', { LLM_PHASES: '10000,50000', BASE_URL: 'http://sim' })
    respond(() => ({
      body: JSON.stringify({
        choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      }),
      headers: { 'Content-Type': 'application/json' },
    }))
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  test.each([
    [0, 'warmup'],
    [9999, 'warmup'],
    [10_000, 'measure'],
    [49_999, 'measure'],
    [50_000, 'cooldown'],
  ])('%i ms after the start of its scenario: %s', (at, phase) => {
    vi.setSystemTime(1000 + at)
    world.scenarioStart = 1000
    expect(phaseNow()).toBe(phase)
  })

  test('another scenario of the same VU has another start', () => {
    world.scenarioStart = 1000
    vi.setSystemTime(21_000)
    expect(phaseNow()).toBe('measure')
    world.scenarioStart = 20_000
    expect(phaseNow()).toBe('warmup')
  })

  test('has its phase in every sample, by its start', async () => {
    world.scenarioStart = 1000
    const chat = createChatClient()
    vi.setSystemTime(10_500)
    const open = chat.complete('hello')
    vi.setSystemTime(12_000)
    await open
    await chat.complete('hello')
    await chat.probe('hello')
    expect(valuesOf('llm_requests', { phase: 'warmup' })).toEqual([1])
    expect(valuesOf('llm_request_duration', { phase: 'warmup' })).toHaveLength(1)
    expect(valuesOf('llm_requests', { phase: 'measure' })).toEqual([1])
    expect(valuesOf('llm_requests', { phase: 'probe' })).toEqual([1])
    vi.setSystemTime(1000)
    await chat.probe('hello')
    expect(valuesOf('llm_ttft_probe', { phase: 'warmup' })).toHaveLength(1)
    vi.setSystemTime(1000)
    await chat.complete('hello', { tags: { phase: 'mine' } })
    expect(valuesOf('llm_requests', { phase: 'mine' })).toEqual([1])
  })

  test('outside of a scenario there is none', () => {
    world.init = true
    expect(phaseNow()).toBe('measure')
  })
})

describe('thresholds of scenarios with a warm-up', () => {
  const scenarios = withWarmup({ chat: steady }, { warmup: '10s', cooldown: '10s' })

  test('judge what is measured, and count over its length', () => {
    const thresholds = toThresholds(slaPresets.guideThroughput, { scenarios })
    expect(thresholds).toEqual({
      'llm_failed{phase:measure}': ['rate<0.01'],
      'llm_requests{phase:measure}': ['count>0', 'count>=800'],
      'llm_completion_tokens{phase:measure}': ['count>=667'],
      ...errorKindThresholds,
    })
    const tagged = toThresholds(slaPresets.guideChat, { scenarios, tags: { sla: 'chat' } })
    expect(Object.keys(tagged)).toContain('llm_request_duration{phase:measure,sla:chat}')
  })

  test('a probe has its own phase, and what has none is judged whole', () => {
    const estimate = { scenarios, unmeasured: 'estimate', streaming: false } as const
    expect(toThresholds({ ttft: { p95: 2000 } }, estimate)).toEqual({
      'llm_ttft_probe{phase:probe}': ['p(95)<2000', 'max>0'],
      'llm_response_headers{phase:measure,answer:stream}': ['p(95)<2000'],
      ...errorKindThresholds,
    })
    expect(toThresholds(slaPresets.guideModelSwitch, { scenarios })).toEqual(
      toThresholds(slaPresets.guideModelSwitch),
    )
    expect(toThresholds(slaPresets.guideApi, { scenarios })).toEqual(
      toThresholds(slaPresets.guideApi),
    )
  })

  test('without a warm-up nothing changes', () => {
    const plain = { scenarios: { chat: steady } }
    expect(toThresholds(slaPresets.guideChat, plain)).toEqual(toThresholds(slaPresets.guideChat))
  })

  test('where not all measure during the same time a rate is reported, not gated', () => {
    const later = { ...(scenarios.chat as object), startTime: '30s' }
    for (const other of [later, steady, withWarmup({ ...steady }, { warmup: '20s' })]) {
      const limits = describeSla(slaPresets.guideThroughput, {
        scenarios: { ...scenarios, other: other as typeof steady },
      })
      const rate = limits.find((limit) => limit.limit === 'requestsPerSecond')
      expect(rate).toMatchObject({ gated: false, reason: 'whole-run' })
    }
    const same = { ...scenarios, other: scenarios.chat, lag: { exec: 'clientLag' } }
    const limits = describeSla(slaPresets.guideThroughput, { scenarios: same })
    expect(limits.find((limit) => limit.limit === 'requestsPerSecond')?.window).toBe(40_000)
  })
})
