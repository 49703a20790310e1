import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { toReport } from '../../../src/report/record.ts'
import { sweepOf } from '../../../src/report/sweep.ts'
import { renderText } from '../../../src/report/text.ts'
import { sweep } from '../../../src/workload/sweep.ts'
import { schemaErrors } from '../../support/report-schema.ts'

const sla = {
  name: 'chat',
  ttft: { p95: 500 },
  duration: { p50: 1000, p95: 3000 },
  errorRate: 0.01,
}
const base = { rates: [2, 4], stepDuration: '30s', warmup: '10s' }

describe('sweep', () => {
  test('is a scenario for each step, one after the other, with its tag and its warm-up', () => {
    const plan = sweep({ ...base, pause: '5s', answerTime: '2s', scenario: { exec: 'chat' } })
    expect(plan.scenarios).toEqual({
      step1_rate_2: {
        executor: 'constant-arrival-rate',
        exec: 'chat',
        startTime: '0s',
        duration: '30s',
        gracefulStop: '30s',
        rate: 2,
        timeUnit: '1s',
        preAllocatedVUs: 6, // 2/s × 2 s × 1.25, and one
        maxVUs: 17,
        env: { LLM_PHASES: '10000,30000' },
        tags: { step: 'rate=2' },
      },
      step2_rate_4: expect.objectContaining({
        startTime: '35s',
        rate: 4,
        preAllocatedVUs: 11,
        tags: { step: 'rate=4' },
      }),
    })
    expect(plan.duration).toBe(65_000)
  })

  test('of users', () => {
    const { scenarios, steps } = sweep({ concurrency: [3], stepDuration: 2000 })
    expect(scenarios.step1_users_3).toEqual({
      executor: 'constant-vus',
      startTime: '0s',
      duration: '2s',
      gracefulStop: '30s',
      vus: 3,
      env: { LLM_PHASES: '0,2000' },
      tags: { step: 'users=3' },
    })
    expect(steps[0]).toMatchObject({ kind: 'users', load: 3, window: 2000 })
  })

  test.each([
    [2.5, 25, '10s'],
    [0.25, 25, '100s'],
    [1 / 3, 333, '1000s'],
    [10, 10, '1s'],
  ])('a rate of %f is %i in %s', (rate, whole, timeUnit) => {
    const [scenario] = Object.values(sweep({ ...base, rates: [rate] }).scenarios)
    expect(scenario).toMatchObject({ rate: whole, timeUnit })
  })

  test('a load that comes again has a label of its own, with the number readable', () => {
    const { steps, scenarios } = sweep({ ...base, rates: [2, 4, 2, 2.5] })
    expect(steps.map(({ step }) => step)).toEqual(['rate=2', 'rate=4', 'rate=2#2', 'rate=2.5'])
    expect(Object.keys(scenarios)).toHaveLength(4)
    for (const { step, load } of steps) expect(Number.parseFloat(step.slice(5))).toBe(load)
  })

  test('keeps the figures of each step, and judges nothing, without an sla and a stop', () => {
    const { thresholds } = sweep({ ...base, stop: false })
    const all = Object.values(thresholds).flat()
    expect(all.every((threshold) => /^(count|rate|max)>=0$/.test(threshold as string))).toBe(true)
    for (const metric of ['llm_requests', 'llm_failed', 'llm_ttft', 'llm_tpot', 'llm_goodput']) {
      expect(thresholds).toHaveProperty([`${metric}{step:rate=4,phase:measure}`])
    }
    expect(thresholds).toHaveProperty(['dropped_iterations{step:rate=4}'])
  })

  test('a step that is clearly saturated ends the run, a third into its measured part', () => {
    const { thresholds } = sweep({ ...base, sla, streaming: true })
    const abort = (threshold: string, delayAbortEval: string) => ({
      threshold,
      abortOnFail: true,
      delayAbortEval,
    })
    const of = (metric: string) => thresholds[`${metric}{step:rate=4,phase:measure}`]
    expect(of('llm_failed')).toEqual(['rate>=0', abort('rate<0.5', '46667ms')])
    expect(of('llm_ttft')).toEqual(['max>=0', abort('med<500', '46667ms')])
    expect(of('llm_request_duration')).toEqual(['max>=0', abort('med<3000', '46667ms')])
    expect(thresholds['dropped_iterations{step:rate=4}']).toEqual([
      'count>=0',
      abort('count<24', '46667ms'),
    ])
    // Stock k6 has no TTFT to be late.
    const stock = sweep({ ...base, sla, streaming: false }).thresholds
    expect(stock['llm_ttft{step:rate=4,phase:measure}']).toEqual(['max>=0'])
  })

  test('atLeast makes the SLA a goal of that step', () => {
    const { thresholds } = sweep({ ...base, sla, atLeast: 4, streaming: false, stop: false })
    const of = (metric: string) => thresholds[`${metric}{step:rate=4,phase:measure}`]
    expect(of('llm_request_duration')).toEqual(['max>=0', 'p(50)<1000', 'max>0', 'p(95)<3000'])
    expect(of('llm_failed')).toEqual(['rate>=0', 'rate<0.01'])
    expect(of('llm_requests')).toEqual(['count>=0', 'count>0', 'count>=76'])
    expect(of('llm_ttft')).toEqual(['max>=0', 'p(95)<500', 'max>0']) // never measured: it fails
    expect(thresholds['llm_failed{step:rate=2,phase:measure}']).toEqual(['rate>=0'])
  })

  test.each([
    [{ rates: [1], concurrency: [1], stepDuration: '1s' }, 'expected either rates'],
    [{ stepDuration: '1s' }, 'expected either rates'],
    [{ rates: [0], stepDuration: '1s' }, 'rates=[0]: expected a list of numbers over 0'],
    [{ rates: [], stepDuration: '1s' }, 'rates=[]'],
    [{ concurrency: [1.5], stepDuration: '1s' }, 'concurrency=[1.5]'],
    [{ rates: [1] }, 'expected stepDuration'],
    [{ ...base, warmup: '30s' }, 'or nothing is measured'],
    [{ ...base, atLeast: 3, sla }, 'atLeast=3: expected one of 2, 4'],
    [{ ...base, maxVUs: 0 }, 'maxVUs=0'],
    [{ ...base, step: 1 }, 'unknown option "step"'],
  ])('%j is refused', (options, message) => {
    expect(() => sweep(options as never)).toThrow(message)
  })
})

describe('the summary of a sweep', () => {
  const plan = sweep({ ...base, rates: [2, 4, 8, 16], sla, streaming: true })
  interface Figures {
    requests: number
    failed?: number
    ttft: number
    median?: number
    duration?: number
    dropped?: number
  }
  const trend = (p95: number, med = p95 / 2) => ({
    type: 'trend',
    contains: 'time',
    values: { med, 'p(50)': med, 'p(95)': p95, max: p95, count: 40 },
  })

  /** What k6 would hand over. */
  function data(steps: Record<string, Figures>, seconds = 120) {
    const metrics: Record<string, object> = {}
    for (const { step, stops } of plan.steps) {
      const {
        requests = 0,
        failed = 0,
        ttft = 0,
        duration = 900,
        dropped = 0,
        median,
      } = steps[step] ?? {}
      const at = `{step:${step},phase:measure}`
      metrics[`llm_requests${at}`] = { type: 'counter', values: { count: requests, rate: 1 } }
      metrics[`llm_failed${at}`] = {
        type: 'rate',
        values: { rate: requests && failed / requests, passes: failed, fails: requests - failed },
      }
      const none = { ...trend(0), values: { ...trend(0).values, count: 0 } }
      metrics[`llm_ttft${at}`] = ttft ? trend(ttft, median) : none
      metrics[`llm_request_duration${at}`] = requests ? trend(duration) : none
      const series = `dropped_iterations{step:${step}}`
      metrics[series] = { type: 'counter', values: { count: dropped, rate: 0 } }
      for (const [name, threshold] of stops) {
        const over = name.startsWith('llm_ttft') && (median ?? 0) >= 500
        const metric = metrics[name] as { thresholds?: object }
        metric.thresholds = { ...metric.thresholds, [threshold]: { ok: !over } }
      }
    }
    return { metrics, state: { testRunDurationMs: seconds * 1000 }, options: {}, root_group: {} }
  }
  const report = (given: object) =>
    toReport(given, { title: 'sweep', generatedAt: '2026-01-01T00:00:00Z', sweep: plan })

  const good = data({
    'rate=2': { requests: 40, ttft: 200 },
    'rate=4': { requests: 80, ttft: 300 },
    'rate=8': { requests: 160, ttft: 900 },
    'rate=16': { requests: 250, ttft: 450 },
  })

  test('says which steps meet the SLA, why others do not, and the highest', () => {
    const made = report(good)
    expect(schemaErrors(made)).toEqual([])
    const { sweep: result } = made
    expect(result?.steps.map(({ meets, missed }) => [meets, ...missed])).toEqual([
      ['yes'],
      ['yes'],
      ['no', 'ttft.p95'],
      ['no', 'load'], // 250 of 320 that were to be sent
    ])
    expect(result?.steps[1]).toMatchObject({ load: 4, perSecond: 4, failed: 0 })
    expect(result?.highest).toBe(4)
    expect(result?.stopped).toBeUndefined()
    const text = renderText(made)
    expect(text).toMatch(/^PASS - sweep/)
    expect(text).toContain('Highest step that meets the SLA: 4 requests/s.')
    expect(text).toMatch(/rate=8 +160 +8 +450 ms +900 ms +0 % +✗ ttft.p95/)
    expect(text).not.toContain('{step:rate=2') // the table has it
    expect(renderText(made, { locale: 'ko' })).toContain('SLA를 충족하는 최고 단계: 초당 4건.')
    expect(renderMarkdown(made)).toContain('rate=16')
  })

  test('a run that was stopped says where and why, and the rest was not run', () => {
    const made = report(
      data(
        {
          'rate=2': { requests: 40, ttft: 200 },
          'rate=4': { requests: 80, ttft: 300 },
          'rate=8': { requests: 50, ttft: 2000, median: 800 },
        },
        78,
      ),
    )
    expect(schemaErrors(made)).toEqual([])
    expect(made.verdict).toBe('fail')
    expect(made.sweep?.stopped).toEqual({
      step: 'rate=8',
      by: ['llm_ttft{step:rate=8,phase:measure}: med<500'],
    })
    expect(made.sweep?.steps.map((step) => step.meets)).toEqual(['yes', 'yes', 'no', 'not-run'])
    // Its measured part was cut: how many it did in a second was not measured.
    expect(made.sweep?.steps[2]).not.toHaveProperty('perSecond')
    const text = renderText(made).replace(/\s+/g, ' ')
    expect(text).toContain(
      'Stopped at rate=8, which is saturated: half of the requests over the limit (TTFT). ' +
        'The steps after it were not run.',
    )
    expect(text).toMatch(/rate=16( –)+/)
  })

  test('a pass above a miss does not count; a repeated step must hold each time', () => {
    const twice = sweep({ ...base, rates: [2, 4, 2], sla, streaming: true })
    const metrics = (missing: string) => {
      const given = data({
        'rate=2': { requests: 40, ttft: missing === 'rate=2' ? 900 : 200 },
        'rate=4': { requests: 80, ttft: 300 },
      }).metrics as Record<string, { values: Record<string, number>; type: string }>
      for (const name of Object.keys(given)) {
        if (!name.includes('rate=2,')) continue
        const again = name.replace('rate=2,', 'rate=2#2,')
        given[again] = structuredClone(given[name]) as (typeof given)[string]
        if (/ttft/.test(name) && missing === 'rate=2#2') {
          ;(given[again] as { values: Record<string, number> }).values['p(95)'] = 900
        }
      }
      return { metrics: given, durationMs: 90_000 } as never
    }
    expect(sweepOf(twice, metrics('none'))).toMatchObject({ highest: 4 })
    expect(sweepOf(twice, metrics('none'))).not.toHaveProperty('lowestMissed')
    const missed = sweepOf(twice, metrics('rate=2#2'))
    expect(missed).toMatchObject({ lowestMissed: 2, passedAbove: [4] })
    expect(missed).not.toHaveProperty('highest')
  })

  test('what was not measured is no success', () => {
    const made = report(data({ 'rate=2': { requests: 40, ttft: 0 } }))
    expect(made.sweep?.steps[0]).toMatchObject({ meets: 'unknown', unmeasured: ['ttft.p95'] })
    expect(made.sweep).not.toHaveProperty('highest')
    expect(renderText(made)).toContain('No step is known to meet the SLA')
  })
})
