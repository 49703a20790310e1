import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createChatClient, poissonArrivals } from '../../../src/index.ts'
import {
  type Arrivals,
  constantArrivals,
  gammaArrivals,
  traceArrivals,
} from '../../../src/workload/arrivals.ts'
import { burstStages } from '../../../src/workload/rate.ts'
import { forgetShared } from '../../support/k6/data.ts'
import { world } from '../../support/k6/execution.ts'
import { respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  samples.length = 0
  forgetShared()
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const timesOf = (arrivals: Arrivals) =>
  Array.from({ length: arrivals.count }, (_, i) => arrivals.dueAt(i))

describe('times', () => {
  test('bursts: nothing between them, all of it in them', () => {
    const rate = burstStages({ peak: 10, on: '10s', off: '50s', times: 30 })
    const times = timesOf(poissonArrivals({ rate, seed: 1 }))
    expect(times.every((time) => time % 60_000 >= 50_000)).toBe(true)
    expect(Math.abs(times.length - 3000)).toBeLessThan(4 * Math.sqrt(3000))
  })

  test('constant: at even distances, from the first moment on', () => {
    expect(timesOf(constantArrivals({ rate: 4, duration: '1s' }))).toEqual(
      [0, 250, 500, 750, 1000].slice(0, 5),
    )
    const ramp = timesOf(constantArrivals({ rate: [{ duration: '2s', target: 4 }] }))
    // ∫ 2t dt = n: t = √n s
    expect(ramp).toEqual([0, 1000, 1414.214, 1732.051, 2000])
  })
})

describe('a schedule', () => {
  test('repeats by its seed and differs by another; TEST_DURATION and SEED are heard', () => {
    const times = (seed?: number) => {
      forgetShared()
      return timesOf(poissonArrivals({ rate: 5, duration: '1m', seed }))
    }
    expect(times(7)).toEqual(times(7))
    expect(times(7)).not.toEqual(times(8))
    vi.stubGlobal('__ENV', { SEED: '7', TEST_DURATION: '1m' })
    expect(timesOf(poissonArrivals({ rate: 5 }))).toEqual(times(7))
    vi.unstubAllGlobals()
  })

  test('is a k6 scenario, with VUs for what is under way and half as many again', () => {
    const arrivals = constantArrivals({ rate: 10, duration: '60s', expectedDuration: '2s' })
    expect(arrivals.scenario).toEqual({
      executor: 'shared-iterations',
      vus: 32, // 20 at the time
      iterations: 601,
      maxDuration: '120s',
      gracefulStop: '305s',
    })
    expect(arrivals.thresholds).toEqual({
      llm_arrival_lag: ['p(99)<100', 'max>0'],
      dropped_iterations: ['count==0'],
    })
    // k6 refuses more VUs than iterations.
    const few = constantArrivals({ rate: 1, duration: '2s', expectedDuration: '60s' })
    expect(few.scenario.vus).toBe(3)
    expect(constantArrivals({ rate: 10, duration: '6s', vus: 5 }).scenario.vus).toBe(5)
  })

  test('MAX_VUS bounds the VUs, with a warning', () => {
    vi.stubGlobal('__ENV', { MAX_VUS: '3' })
    vi.stubGlobal('__VU', 1)
    const arrivals = constantArrivals({ rate: 10, duration: '60s', expectedDuration: '2s' })
    vi.unstubAllGlobals()
    expect(arrivals.scenario.vus).toBe(3)
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('need about 32 VUs'))
  })

  test('what is wrong is refused at init, with the value and the fix', () => {
    const good = { rate: 5, duration: '1m' }
    for (const [make, message] of [
      [() => poissonArrivals({ rate: 0, duration: '1m' }), /rate=0: expected arrivals per second/],
      [() => poissonArrivals({ rate: 5 }), /duration: expected one, like '10m'/],
      [() => poissonArrivals({ ...good, burstiness: 2 } as never), /unknown option "burstiness"/],
      [() => gammaArrivals({ ...good, burstiness: 0 }), /burstiness=0/],
      [() => poissonArrivals({ rate: [{ duration: 'x', target: 1 }] }), /stage/],
      [() => poissonArrivals({ ...good, seed: 1.5 }), /seed=1.5/],
      [() => poissonArrivals({ rate: 1e-9, duration: '1s' }), /no arrival in 1s/],
      [() => traceArrivals('x', 'y' as never), /expected a name and a function/],
    ] as const) {
      expect(make).toThrow(message)
    }
    world.init = false
    expect(() => poissonArrivals(good)).toThrow()
    expect(world.aborted).toMatch(/expected to be called at init/)
  })
})

describe('wait', () => {
  /** Runs an iteration at a time of the run's clock; the scenario began at 100 ms of it. */
  function at(arrivals: Arrivals, index: number, time: number) {
    world.init = false
    world.time = time
    world.iteration = { inTest: index, inScenario: 0, inInstance: index }
    world.scenarioStart = 1_000_100
    vi.spyOn(Date, 'now').mockImplementation(() => {
      world.time += 0.0005
      return Math.floor(1_000_000 + world.time)
    })
    return arrivals.wait()
  }

  test('sleeps until the time that was meant, and says when that was', () => {
    const arrivals = constantArrivals({ rate: 4, duration: '1s' })
    const arrival = at(arrivals, 2, 150)
    expect(arrival.index).toBe(2)
    expect(arrival.at).toBeCloseTo(600, 1)
    expect(world.time).toBeCloseTo(600, 1)
    expect(valuesOf('llm_client_lag')).toHaveLength(1)
  })

  test('late, it goes on at once and warns that VUs were missing', () => {
    vi.stubGlobal('__VU', 1)
    const arrivals = constantArrivals({ rate: 4, duration: '1s', vus: 2 })
    const arrival = at(arrivals, 1, 850)
    vi.unstubAllGlobals()
    expect(arrival.at).toBeCloseTo(350, 1)
    expect(world.time).toBeLessThan(860)
    expect(valuesOf('llm_client_lag')).toHaveLength(0)
    expect(console.warn).toHaveBeenCalledWith(
      expect.stringMatching(/50\d ms late, since all 2 VUs/),
    )
  })

  test('twice in an iteration, or past the schedule, ends the test', () => {
    const arrivals = constantArrivals({ rate: 4, duration: '1s' })
    at(arrivals, 1, 0)
    expect(() => arrivals.wait()).toThrow(/wait\(\) twice/)
    expect(() => at(arrivals, 5, 0)).toThrow(/iteration 6 of 5/)
  })

  test('a request that knows its arrival has its lag and its time from there', async () => {
    const arrivals = constantArrivals({ rate: 4, duration: '1s', vus: 2 })
    const arrival = at(arrivals, 1, 850)
    respond(() => ({
      status: 200,
      body: JSON.stringify({
        choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }],
      }),
      timings: { waiting: 200 },
    }))
    const chat = createChatClient({ baseUrl: 'http://x', model: 'm' })
    await chat.complete('really?', { arrival })
    expect(valuesOf('llm_arrival_lag', { model: 'm', phase: 'measure' })[0]).toBeCloseTo(500, -1)
    expect(valuesOf('llm_response_time')[0]).toBeCloseTo(700, -1)
    respond(() => ({ status: 500, body: '' }))
    await chat.complete('really?', { arrival })
    expect(valuesOf('llm_arrival_lag')).toHaveLength(2)
    expect(valuesOf('llm_response_time')).toHaveLength(1) // a failure has no time of the service
  })
})

describe('traces', () => {
  const mooncake = [
    '{"timestamp": 27000, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47, 48]}',
    '{"timestamp": 30000, "input_length": 600, "output_length": 7}',
    '{"timestamp": 31000, "input_length": 600, "output_length": 0}',
    '{"timestamp": "soon", "input_length": 600, "output_length": 7}',
    'cut off',
    '',
    '{"timestamp": 28500, "input_length": 10, "output_length": 3, "hash_ids": [46]}',
  ].join('\n')

  test('Mooncake: in the order of time, with lengths and blocks; bad rows are named', () => {
    const arrivals = traceArrivals('t.jsonl', () => mooncake, { speed: 2 })
    expect(timesOf(arrivals)).toEqual([0, 750, 1500])
    expect(arrivals.skipped).toBe(3)
    const told = vi.mocked(console.warn).mock.calls.map(([text]) => text)
    expect(told).toEqual([
      expect.stringMatching(/^k6-llm: t\.jsonl, line 5: not JSON: .*; left out$/),
      'k6-llm: t.jsonl, line 3: output_length=0: expected tokens, 1 or more; left out',
      'k6-llm: t.jsonl, line 4: timestamp="soon": expected ms; left out',
    ])
    world.init = false
    world.scenarioStart = Date.now()
    expect(arrivals.wait().shape).toEqual({
      inputTokens: 6955,
      outputTokens: 52,
      blocks: [46, 47, 48],
    })
  })

  test('Azure and BurstGPT: CSV with times', () => {
    const azure =
      'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n' +
      '2023-11-16 18:17:04.0318500,3180,8\r\n2024-05-10 00:00:00.009930+00:00,374,44\r\n'
    const times = timesOf(traceArrivals('azure.csv', () => azure))
    expect(times.slice(0, 2)).toEqual([0, 51.89])
    const burst =
      'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n' +
      '5,ChatGPT,472,18,490,Conversation log\n45,ChatGPT,1087,230,1317,Conversation log\n'
    expect(timesOf(traceArrivals('burst.csv', () => burst))).toEqual([0, 40_000])
  })

  test('strict, or nothing that can be read, ends the test', () => {
    expect(() => traceArrivals('t', () => mooncake, { strict: true })).toThrow(
      /t, line 5: not JSON/,
    )
    expect(() => traceArrivals('u', () => 'a,b\n1,2')).toThrow(/u begins with "a,b": expected JSON/)
    expect(() => traceArrivals('v', () => '{}')).toThrow(/v: no row that can be read as mooncake/)
  })

  test('cut by a duration', () => {
    expect(timesOf(traceArrivals('w', () => mooncake, { duration: '2s' }))).toEqual([0, 1500])
  })
})
