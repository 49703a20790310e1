import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { setDefaultTransport } from '../../../src/chat/default-transport.ts'
import { METRICS } from '../../../src/metrics/names.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import type { ThresholdOptions } from '../../../src/sla/options.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import type { Sla } from '../../../src/sla/sla.ts'
import {
  toThresholds as allThresholds,
  errorKindThresholds,
  mergeThresholds,
  summaryTrendStats,
  type Threshold,
  type Thresholds,
} from '../../../src/sla/thresholds.ts'
import { world } from '../../support/k6/execution.ts'

const shared = globalThis as unknown as { [key: string]: unknown }

beforeEach(() => {
  world.reset()
  world.init = true
  vi.stubGlobal('__ENV', {})
})
afterEach(() => {
  delete shared['k6-llm/transport@1']
})

const streaming = { streaming: true }
const everything: Sla = {
  ttft: { p50: 1, avg: 2, max: 3, med: 4, 'p99.9': 5.5 },
  ttfo: { p95: 1 },
  tpot: { p95: 1 },
  duration: { p95: 1e-7 },
  apiDuration: { p95: 1 },
  switchDuration: { p95: 1 },
  errorRate: 0.001,
  availability: 0.995,
  goodput: 0.9,
  switchSuccess: 0.9,
  requestsPerSecond: 20,
  tokensPerMinute: 1000,
  concurrentUsers: 10,
}

/** The goals among the thresholds: without those that only count failures by kind. */
function toThresholds(sla: Sla, options?: ThresholdOptions): Thresholds {
  const all = allThresholds(sla, options)
  const goals = Object.entries(all).filter(([name]) => !(name in errorKindThresholds))
  return Object.fromEntries(goals)
}

describe('toThresholds', () => {
  test('failures are counted by kind, whatever is promised, by thresholds that cannot fail', () => {
    for (const sla of [slaPresets.guideChat, slaPresets.guideApi, {}]) {
      expect(allThresholds(sla)).toMatchObject(errorKindThresholds)
    }
    expect(errorKindThresholds['llm_errors{error_type:http_4xx}']).toEqual(['count>=0'])
    // Lists of its own: a script that adds to one changes no other.
    const own = allThresholds({})
    own['llm_errors{error_type:dns}']?.push('count<1')
    expect(allThresholds({})['llm_errors{error_type:dns}']).toEqual(['count>=0'])
  })

  test('availability alone fails where every request was refused', () => {
    expect(toThresholds({ availability: 0.99 }, { tags: { sla: 'chat' } })).toEqual({
      'llm_available{sla:chat}': ['rate>0.99'],
      'llm_failed{sla:chat}': ['rate<1'],
    })
  })

  test('latencies come with the gate that fails when nothing was measured', () => {
    expect(toThresholds({ ttft: { p50: 500, p95: 2000, avg: 900, max: 9000 } }, streaming)).toEqual(
      {
        llm_ttft: ['p(50)<500', 'max>0', 'p(95)<2000', 'avg<900', 'max<9000'],
      },
    )
  })

  test.each([
    ['ttfo', 'llm_ttfo'],
    ['tpot', 'llm_tpot'],
    ['duration', 'llm_request_duration'],
    ['apiDuration', 'http_req_duration'],
    ['switchDuration', 'llm_model_switch_duration'],
  ])('%s is judged on %s', (key, metric) => {
    expect(toThresholds({ [key]: { 'p99.9': 10 } }, streaming)).toEqual({
      [metric]: ['p(99.9)<10', 'max>0'],
    })
  })

  test('the presets', () => {
    expect(toThresholds(slaPresets.guideChat)).toEqual({
      llm_request_duration: ['p(50)<1500', 'max>0', 'p(95)<3000', 'p(99)<5000'],
      llm_failed: ['rate<0.01'],
      llm_requests: ['count>0'],
      llm_available: ['rate>0.995'],
    })
    expect(toThresholds(slaPresets.guideStreaming)).toEqual({
      llm_ttft: ['p(95)<2000', 'max>0'],
      llm_failed: ['rate<0.05'],
      llm_requests: ['count>0'],
      llm_available: ['rate>0.995'],
    })
    expect(toThresholds(slaPresets.guideApi)).toEqual({
      http_req_duration: ['p(95)<5000', 'max>0'],
      http_req_failed: ['rate<0.01'],
      http_reqs: ['count>0'],
    })
    expect(toThresholds(slaPresets.guideModelSwitch)).toEqual({
      http_req_duration: ['p(95)<5000', 'max>0'],
      llm_model_switch_duration: ['p(95)<180000', 'max>0'],
      llm_model_switch_failed: ['rate<0.1'],
    })
  })

  test('shares at their ends can be met: 0 failures, 100 % availability, 100 % of switches', () => {
    const sla = { errorRate: 0, availability: 1, switchSuccess: 1, goodput: 1 }
    expect(toThresholds(sla)).toEqual({
      llm_failed: ['rate<=0'],
      llm_requests: ['count>0'],
      llm_available: ['rate>=1'],
      llm_goodput: ['rate>=1'],
      llm_model_switch_failed: ['rate<=0'],
      llm_model_switch_duration: ['max>0'],
    })
  })

  test('switch success has no float noise, and a gate though no duration is promised', () => {
    for (const [goal, failed] of [
      [0.9, 0.1],
      [0.95, 0.05],
      [0.7, 0.3],
      [0.999, 0.001],
    ]) {
      expect(toThresholds({ switchSuccess: goal })).toEqual({
        llm_model_switch_failed: [`rate<${failed}`],
        llm_model_switch_duration: ['max>0'],
      })
    }
  })

  test('errors of a mixed SLA are those of the answers, not of all HTTP', () => {
    const mixed = toThresholds({ apiDuration: { p95: 1 }, duration: { p95: 1 }, errorRate: 0.1 })
    expect(Object.keys(mixed)).toContain('llm_failed')
    expect(Object.keys(mixed)).not.toContain('http_req_failed')
    expect(Object.keys(toThresholds({ errorRate: 0.1 }))).toEqual(['llm_failed', 'llm_requests'])
  })

  test('tags select the sub-metric, the gates included', () => {
    const tags = { sla: 'chat', phase: 'measure', run: 3 }
    expect(toThresholds(slaPresets.guideStreaming, { tags, streaming: true })).toEqual({
      'llm_ttft{sla:chat,phase:measure,run:3}': ['p(95)<2000', 'max>0'],
      'llm_failed{sla:chat,phase:measure,run:3}': ['rate<0.05'],
      'llm_requests{sla:chat,phase:measure,run:3}': ['count>0'],
      'llm_available{sla:chat,phase:measure,run:3}': ['rate>0.995'],
    })
  })

  test('throughput is a count over the window, rounded up, and left out without one', () => {
    const sla = { requestsPerSecond: 20, tokensPerMinute: 1000, concurrentUsers: 10 }
    expect(toThresholds(sla)).toEqual({})
    expect(toThresholds(sla, { window: '2m', tags: { sla: 't' } })).toEqual({
      'llm_requests{sla:t,phase:measure}': ['count>=2400'],
      'llm_completion_tokens{sla:t,phase:measure}': ['count>=2000'],
    })
    expect(toThresholds({ requestsPerSecond: 0.3 }, { window: 1000 })).toEqual({
      'llm_requests{phase:measure}': ['count>=1'],
    })
    // 0.1 * 30 is 3.0000000000000004 in floats: three requests are enough.
    expect(toThresholds({ requestsPerSecond: 0.1 }, { window: 30000 })).toEqual({
      'llm_requests{phase:measure}': ['count>=3'],
    })
    expect(toThresholds(sla, { window: 1500, tags: { phase: 'peak' } })).toEqual({
      'llm_requests{phase:peak}': ['count>=30'],
      'llm_completion_tokens{phase:peak}': ['count>=25'],
    })
  })

  test('abort stops on limits, never on gates or on counts that only the end can meet', () => {
    const sla = { duration: { p95: 3000 }, errorRate: 0.01, requestsPerSecond: 1 }
    const abort = (threshold: string, delayAbortEval: string) => ({
      threshold,
      abortOnFail: true,
      delayAbortEval,
    })
    expect(toThresholds(sla, { abort: true, window: '10s' })).toEqual({
      llm_request_duration: [abort('p(95)<3000', '10s'), 'max>0'],
      llm_failed: [abort('rate<0.01', '10s')],
      llm_requests: ['count>0'],
      'llm_requests{phase:measure}': ['count>=10'],
    })
    expect(toThresholds({ errorRate: 0 }, { abort: '1m' }).llm_failed).toEqual([
      abort('rate<=0', '1m'),
    ])
    expect(toThresholds({ errorRate: 0 }, { abort: false }).llm_failed).toEqual(['rate<=0'])
  })

  describe('where tokens are not seen arriving', () => {
    const sla: Sla = {
      ttft: { p95: 2000 },
      ttfo: { p95: 1 },
      tpot: { p95: 50 },
      duration: { p95: 9 },
    }
    const rest = { llm_request_duration: ['p(95)<9', 'max>0'] }

    test('fail keeps the thresholds, which fail by their gate', () => {
      const all = {
        llm_ttft: ['p(95)<2000', 'max>0'],
        llm_ttfo: ['p(95)<1', 'max>0'],
        llm_tpot: ['p(95)<50', 'max>0'],
        ...rest,
      }
      expect(toThresholds(sla, { streaming: false })).toEqual(all)
      expect(toThresholds(sla, { streaming: false, unmeasured: 'fail' })).toEqual(all)
    })

    test('report leaves them out', () => {
      expect(toThresholds(sla, { streaming: false, unmeasured: 'report' })).toEqual(rest)
    })

    test('estimate judges TTFT on the probe, with its gate and the headers of the streams', () => {
      expect(toThresholds(sla, { streaming: false, unmeasured: 'estimate' })).toEqual({
        llm_ttft_probe: ['p(95)<2000', 'max>0'],
        'llm_response_headers{answer:stream}': ['p(95)<2000'],
        ...rest,
      })
    })

    test('the transport in force decides where the option does not', () => {
      const options: ThresholdOptions = { unmeasured: 'report' }
      expect(toThresholds(sla, options)).toEqual(rest)
      setDefaultTransport({ name: 'fake', streams: true, send: () => Promise.reject() })
      expect(Object.keys(toThresholds(sla, options))).toContain('llm_ttft')
      expect(toThresholds(sla, { ...options, streaming: false })).toEqual(rest)
    })
  })

  test('the environment changes what the SLA allows', () => {
    vi.stubGlobal('__ENV', { TTFT_THRESHOLD: '1500', ERROR_THRESHOLD: '0.1' })
    const set = toThresholds(slaPresets.guideStreaming)
    expect(set.llm_ttft).toEqual(['p(95)<1500', 'max>0'])
    expect(set.llm_failed).toEqual(['rate<0.1'])
  })

  test('everything that it emits is in k6’s grammar, on a metric that exists', () => {
    const grammar =
      /^(avg|min|max|med|count|rate|value|p\(\d+(\.\d+)?\))(<|<=|>|>=|==|===|!=)\d+(\.\d+)?(e-?\d+)?$/
    const builtin = ['http_req_duration', 'http_req_failed', 'http_reqs']
    const methods: { [kind: string]: RegExp } = {
      time: /^(avg|min|max|med|p\()/,
      counter: /^count/,
      rate: /^rate/,
    }
    let seen = 0
    for (const sla of [everything, ...Object.values(slaPresets)]) {
      for (const unmeasured of ['fail', 'report', 'estimate'] as const) {
        for (const tags of [undefined, { sla: 'a b/c:d' }]) {
          const options = { unmeasured, tags, window: '90s', abort: true, streaming: false }
          const set = toThresholds(sla, options)
          for (const name of Object.keys(set)) {
            const metric = name.replace(/\{.*$/, '')
            const kind = (METRICS as { [name: string]: { kind: string } })[metric]?.kind
            expect(kind !== undefined || builtin.includes(metric)).toBe(true)
            for (const threshold of set[name] as Threshold[]) {
              const text = typeof threshold === 'string' ? threshold : threshold.threshold
              expect(text).toMatch(grammar)
              if (kind) expect(text).toMatch(methods[kind] as RegExp)
              seen++
            }
          }
        }
      }
    }
    expect(seen).toBeGreaterThan(100)
  })

  test.each([
    [{ tag: {} }, /toThresholds: no option "tag"; expected one of tags, abort/],
    [{ tags: 'x' }, /tags="x": expected an object/],
    [{ tags: { model: 'a,b' } }, /tags\.model="a,b": .* writes '_' in their place/],
    [{ tags: { model: '{x' } }, /tags\.model="\{x"/],
    [{ tags: { model: '' } }, /tags\.model=""/],
    [{ tags: { 'a:b': 'x' } }, /tags\.a:b="x"/],
    [{ abort: 10 }, /abort=10: expected true, false or a delay with its unit/],
    [{ abort: 'soon' }, /abort="soon": expected a delay with its unit, like '30s'/],
    [{ unmeasured: 'skip' }, /unmeasured="skip": expected 'fail', 'report' or 'estimate'/],
    [{ streaming: 'yes' }, /streaming="yes": expected true or false/],
    [{ window: '2 minutes' }, /window="2 minutes": expected milliseconds or a duration like '60s'/],
    [{ window: 0 }, /window=0/],
  ])('refuses the options %j', (options, message) => {
    expect(() => toThresholds(slaPresets.guideChat, options as ThresholdOptions)).toThrow(message)
  })
})

describe('describeSla', () => {
  test('lists exactly the thresholds and gates of toThresholds', () => {
    for (const unmeasured of ['fail', 'report', 'estimate'] as const) {
      for (const window of [undefined, 60000]) {
        const options = { unmeasured, window, streaming: false, tags: { a: 'b' } }
        const set: Thresholds = {}
        for (const limit of describeSla(everything, options).filter((l) => l.gated)) {
          const name = (metric: string) => `${metric}{${limit.selector}}`
          const added: Thresholds = { [name(limit.metric)]: [limit.threshold] }
          const gate: Thresholds = limit.gate
            ? { [name(limit.gate.metric)]: [limit.gate.threshold] }
            : {}
          const { bound } = limit
          const beside: Thresholds = bound
            ? { [`${bound.metric}{${bound.selector}}`]: [bound.threshold] }
            : {}
          Object.assign(set, mergeThresholds(set, added, gate, beside))
        }
        expect(toThresholds(everything, options)).toEqual(set)
      }
    }
  })

  test('a measured limit', () => {
    expect(describeSla({ ttft: { p95: 2000 } }, { streaming: true, tags: { sla: 'x' } })).toEqual([
      {
        limit: 'ttft.p95',
        metric: 'llm_ttft',
        selector: 'sla:x',
        threshold: 'p(95)<2000',
        goal: 2000,
        unit: 'ms',
        gated: true,
        measured: 'yes',
        gate: { metric: 'llm_ttft', threshold: 'max>0' },
      },
    ])
  })

  test('what is not measured says why and what would measure it', () => {
    const sla: Sla = { ttft: { p95: 2000 } }
    const [fail] = describeSla(sla, { streaming: false })
    const [report] = describeSla(sla, { streaming: false, unmeasured: 'report' })
    const [estimate] = describeSla(sla, { streaming: false, unmeasured: 'estimate' })
    expect(fail).toMatchObject({ gated: true, measured: 'no', reason: 'buffered' })
    expect(report).toMatchObject({ gated: false, measured: 'no', reason: 'buffered' })
    expect(report?.gate).toBeUndefined()
    expect(estimate).toMatchObject({ gated: true, measured: 'estimate', metric: 'llm_ttft_probe' })
    expect(fail?.why).toContain('only when the whole answer is there')
    expect(fail?.fix).toContain('LLM_RELAY')
    expect(estimate?.why).toContain('TTFT was not measured')
  })

  test('throughput without a window, and users, are reported and not gated', () => {
    const limits = describeSla(slaPresets.guideThroughput, { tags: { sla: 'x' } })
    expect(limits.filter((limit) => !limit.gated)).toMatchObject([
      { limit: 'requestsPerSecond', selector: 'sla:x', threshold: 'rate>=20', reason: 'whole-run' },
      { limit: 'tokensPerMinute', threshold: 'rate>=16.6667', unit: 'tokens/min' },
      { limit: 'concurrentUsers', metric: 'vus', selector: '', reason: 'load', unit: 'users' },
    ])
    const [rate] = describeSla({ requestsPerSecond: 20 }, { window: '60s' })
    expect(rate).toMatchObject({ gated: true, goal: 20, unit: 'requests/s', window: 60000 })
  })

  test('names the variable that set a goal', () => {
    vi.stubGlobal('__ENV', { RESPONSE_TIME_P95: '4000' })
    const limits = describeSla(slaPresets.guideChat)
    expect(limits.filter((limit) => limit.variable)).toMatchObject([
      { limit: 'duration.p95', goal: 4000, variable: 'RESPONSE_TIME_P95' },
    ])
  })
})

describe('mergeThresholds', () => {
  test('joins lists of a metric and keeps what is there twice once', () => {
    const chat = toThresholds({ duration: { p95: 3000 }, errorRate: 0.01 })
    const complex = toThresholds({ duration: { p95: 8000 }, errorRate: 0.01 })
    expect(mergeThresholds(chat, complex, { checks: ['rate>0.99'] })).toEqual({
      llm_request_duration: ['p(95)<3000', 'max>0', 'p(95)<8000'],
      llm_failed: ['rate<0.01'],
      llm_requests: ['count>0'],
      checks: ['rate>0.99'],
    })
    expect(chat.llm_request_duration).toEqual(['p(95)<3000', 'max>0'])
  })

  test('of two that are the same, the one that aborts stays', () => {
    const plain = toThresholds({ errorRate: 0.01 })
    const aborting = toThresholds({ errorRate: 0.01 }, { abort: '5s' })
    const kept = [{ threshold: 'rate<0.01', abortOnFail: true, delayAbortEval: '5s' }]
    expect(mergeThresholds(plain, aborting).llm_failed).toEqual(kept)
    expect(mergeThresholds(aborting, plain).llm_failed).toEqual(kept)
  })

  test('refuses what k6 would not read', () => {
    const bare = { checks: 'rate>0.9' } as unknown as Thresholds
    expect(() => mergeThresholds(bare)).toThrow(
      /thresholds\["checks"\]="rate>0.9": expected a list/,
    )
    expect(() => mergeThresholds(undefined as unknown as Thresholds)).toThrow(/expected thresholds/)
  })
})

test('summaryTrendStats has what k6’s default lacks', () => {
  expect(summaryTrendStats).toEqual(expect.arrayContaining(['p(99)', 'count', 'p(95)', 'max']))
})
