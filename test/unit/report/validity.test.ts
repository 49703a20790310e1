import { describe, expect, test } from 'vitest'
import { toReport } from '../../../src/report/record.ts'
import { createSummary } from '../../../src/report/summary.ts'
import { renderText } from '../../../src/report/text.ts'
import { validityOf } from '../../../src/report/validity.ts'
import { validityLines } from '../../../src/report/validity-lines.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { counter, rate, run, trend } from './run.ts'

const lag = (p99: number, max = p99 * 2) => trend([p99 / 10, p99 / 2, p99, max, 600])
const work = { llm_requests: counter(100, 1), iterations: counter(100, 1) }
type Asked = { [name: string]: number }
const judge = (metrics: object, asked: Asked = {}, others = false, arrivals = true) =>
  validityOf({ metrics: { ...work, ...metrics } as never }, { asked, others, arrivals })
const states = (metrics: object, asked?: Asked, others?: boolean, arrivals?: boolean) => {
  const { state, reasons } = judge(metrics, asked, others, arrivals)
  return [state, ...reasons.map((reason) => reason.kind)]
}

describe('the state of a run', () => {
  test('by the lag of its generator', () => {
    expect(judge({ llm_client_lag: lag(0.8) })).toEqual({ state: 'valid', reasons: [], lag: 0.8 })
    expect(judge({ llm_client_lag: lag(5) }).state).toBe('valid')
    expect(judge({ llm_client_lag: lag(5.1) })).toEqual({
      state: 'suspect',
      reasons: [{ kind: 'lag', level: 'suspect', value: 5.1, limit: 5 }],
      lag: 5.1,
    })
    expect(judge({ llm_client_lag: lag(51) }).reasons).toEqual([
      { kind: 'lag', level: 'invalid', value: 51, limit: 50 },
    ])
  })

  test('is not known where nothing watched', () => {
    expect(states({})).toEqual(['unknown', 'unwatched'])
    expect(states({ llm_client_lag: trend([0, 0, 0, 0, 0]) })).toEqual(['unknown', 'unwatched'])
  })

  test('without the column p(99): from what the others prove', () => {
    const without = (values: object) => ({ llm_client_lag: { ...lag(1), values } })
    expect(states(without({ avg: 1, max: 4, 'p(95)': 2 }))).toEqual(['valid'])
    expect(states(without({ avg: 1, max: 90, 'p(95)': 2 }))).toEqual(['unknown', 'column'])
    expect(states(without({ avg: 1, max: 90, 'p(95)': 7 }))).toEqual(['suspect', 'lag'])
  })

  test('by requests that began after their time', () => {
    const late = (p99: number) => ({ llm_client_lag: lag(1), llm_arrival_lag: lag(p99) })
    expect(states(late(99))).toEqual(['valid'])
    expect(states(late(101))).toEqual(['suspect', 'late'])
    expect(judge(late(700))).toMatchObject({
      state: 'invalid',
      reasons: [{ kind: 'late', value: 700, limit: 500 }],
    })
  })

  describe('by requests that were cut off', () => {
    const sent = (started: number, ended: number) => ({
      llm_client_lag: lag(1),
      llm_started: counter(started, 1),
      llm_requests: counter(ended, 1),
    })

    test('from the share on at which a percentile is not known', () => {
      expect(states(sent(200, 200))).toEqual(['valid'])
      expect(states(sent(200, 199))).toEqual(['valid'])
      expect(states(sent(200, 198))).toEqual(['suspect', 'cut'])
      expect(judge(sent(200, 190)).reasons).toEqual([
        { kind: 'cut', level: 'invalid', value: 0.05, limit: 0.05, count: 10, total: 200 },
      ])
    })

    test('all of them: some were sent all the same', () => {
      const none = {
        llm_started: counter(4, 1),
        llm_requests: counter(0, 0),
        iterations: counter(0, 0),
      }
      expect(states(none)).toEqual(['invalid', 'cut'])
    })

    test('of a run that was stopped they were under way, and nothing was left unfinished', () => {
      const load = { asked: { load: 400 }, others: false, arrivals: true }
      const metrics = { ...work, ...sent(200, 190), iterations: counter(190, 1) } as never
      const kinds = (stopped: boolean) =>
        validityOf({ metrics }, load, stopped).reasons.map(({ kind }) => kind)
      expect(kinds(false)).toEqual(['unfinished', 'cut'])
      expect(kinds(true)).toEqual(['underWay'])
    })

    test('without the count of what was started nothing is said', () => {
      expect(states({ llm_client_lag: lag(1), llm_requests: counter(9, 1) })).toEqual(['valid'])
    })
  })

  describe('by the time of the headers, where many users begin at once', () => {
    const times = (min: number, med: number) => ({
      ...trend([0, 0, 0, 0, 100]),
      values: { min, med, avg: med, max: med * 3, 'p(95)': med * 2, 'p(99)': med * 2, count: 100 },
    })
    const seen = (headers: [number, number], tokens: [number, number], together?: number) => {
      const metrics = {
        ...work,
        llm_client_lag: lag(1),
        llm_response_headers: times(...headers),
        llm_ttft: times(...tokens),
      }
      const load = { asked: {}, others: true, arrivals: false, together }
      return validityOf({ metrics: metrics as never }, load)
    }

    test('headers that come first and come late', () => {
      expect(seen([2, 21], [302, 319], 200)).toEqual({
        state: 'suspect',
        reasons: [{ kind: 'together', level: 'suspect', value: 19, limit: 6.38, count: 200 }],
        lag: 1,
      })
      expect(seen([2, 7], [302, 319], 200).state).toBe('valid')
    })

    test('a first token that comes with its headers and is read later', () => {
      expect(seen([300, 301], [301, 321], 200).reasons).toEqual([
        { kind: 'together', level: 'suspect', value: 19, limit: 6.42, count: 200 },
      ])
      // The server's own queue: both wait alike.
      expect(seen([300, 800], [301, 802], 200).state).toBe('valid')
    })

    test('says nothing where users come one after the other', () => {
      expect(seen([2, 21], [302, 319]).state).toBe('valid')
    })

    test('in words', () => {
      const lines = validityLines(seen([2, 21], [302, 319], 200), WORDS.en.validity, 200).join(' ')
      expect(lines).toMatch(
        /^suspect: 200 users began at once: .* waited 19\.0 ms .*limit 6\.38 ms/,
      )
      expect(lines).toContain('START_SPREAD')
    })
  })

  describe('by the relay', () => {
    const relay = (delay: number, overhead = 3) => ({
      llm_relay_delay: lag(delay),
      llm_relay_overhead: lag(overhead),
    })

    test('that noted tokens late', () => {
      expect(judge({ ...relay(10), llm_client_lag: lag(1) })).toEqual({
        state: 'valid',
        reasons: [],
        lag: 1,
        relay: 10,
      })
      expect(judge({ ...relay(10.1), llm_client_lag: lag(1) })).toEqual({
        state: 'suspect',
        reasons: [{ kind: 'relay', level: 'suspect', value: 10.1, limit: 10 }],
        lag: 1,
        relay: 10.1,
      })
      expect(judge(relay(51)).reasons).toEqual([
        { kind: 'relay', level: 'invalid', value: 51, limit: 50 },
      ])
    })

    test('whose way took long', () => {
      expect(states(relay(1, 100))).toEqual(['valid'])
      expect(states(relay(1, 101))).toEqual(['suspect', 'overhead'])
      expect(states(relay(1, 501))).toEqual(['invalid', 'overhead'])
    })

    test('that failed a request itself, as the very first thing', () => {
      expect(judge({ ...relay(1), llm_relay_errors: counter(1, 1) }).reasons).toEqual([
        { kind: 'gone', level: 'invalid', value: 0.01, limit: 0, count: 1, total: 100 },
      ])
      expect(states({ llm_relay_errors: counter(100, 1) })).toEqual(['invalid', 'gone'])
      expect(states({ ...relay(1), llm_relay_errors: counter(0, 1) })).toEqual(['valid'])
    })

    test('which watches the times by itself; without the column p(99) nobody knows', () => {
      expect(judge(relay(2))).toEqual({ state: 'valid', reasons: [], relay: 2 })
      const still = { ...relay(1), llm_relay_delay: trend([0, 0, 0, 0, 40]) }
      expect(judge(still)).toEqual({ state: 'valid', reasons: [], relay: 0 })
      const without = { ...relay(1), llm_relay_delay: { ...lag(1), values: { avg: 1, max: 90 } } }
      expect(states({ ...without, llm_client_lag: lag(1) })).toEqual(['unknown', 'column'])
    })

    test('not where no request went through it', () => {
      const unused = { llm_relay_delay: trend([0, 0, 0, 0, 0]) }
      expect(states({ ...unused, llm_relay_overhead: trend([0, 0, 0, 0, 0]) })).toEqual([
        'unknown',
        'unwatched',
      ])
    })
  })

  test('by iterations that k6 dropped', () => {
    const dropped = (count: number) => ({ dropped_iterations: counter(count, 1) })
    expect(states(dropped(0))).toEqual(['unknown', 'unwatched'])
    expect(judge(dropped(1)).reasons).toEqual([
      { kind: 'dropped', level: 'suspect', value: 1 / 101, limit: 0, count: 1, total: 101 },
    ])
    expect(judge(dropped(25))).toMatchObject({
      state: 'invalid',
      reasons: [{ kind: 'dropped', value: 0.2, limit: 0.01, count: 25, total: 125 }],
    })
  })

  test('not by what a maxDuration cut off, which k6 calls dropped as well', () => {
    const watched = { llm_client_lag: lag(1), dropped_iterations: counter(7, 1) }
    expect(states(watched, { rounds: 10 }, true, false)).toEqual(['valid'])
    expect(states(watched, { rounds: 107 }, false, false)).toEqual(['invalid', 'unfinished'])
    // Thresholds that name the scenarios tell them apart.
    const named = {
      ...watched,
      'dropped_iterations{scenario:a}': counter(1, 1),
      'iterations{scenario:a}': counter(19, 1),
    }
    expect(judge(named, { a: 20, rounds: 90 }, true).reasons).toEqual([
      { kind: 'dropped', level: 'invalid', value: 0.05, limit: 0.01, count: 1, total: 20 },
    ])
  })

  test('by iterations that were asked for and did not come to their end', () => {
    const watched = { llm_client_lag: lag(1) }
    expect(states(watched, { a: 101 })).toEqual(['valid'])
    expect(judge(watched, { a: 104 }).reasons).toEqual([
      {
        kind: 'unfinished',
        level: 'suspect',
        value: 1 - 100 / 104,
        limit: 0.01,
        count: 4,
        total: 104,
      },
    ])
    expect(states(watched, { a: 110 })).toEqual(['invalid', 'unfinished'])
    // Dropped ones have a reason of their own.
    expect(states({ ...watched, dropped_iterations: counter(10, 1) }, { a: 110 })).toEqual([
      'invalid',
      'dropped',
    ])
  })

  test('users beside a rate: only by the figures of each scenario', () => {
    const watched = { llm_client_lag: lag(1) }
    expect(states(watched, { a: 500 }, true)).toEqual(['valid'])
    const apart = { ...watched, 'iterations{scenario:a}': counter(90, 1) }
    expect(states(apart, { a: 91 }, true)).toEqual(['valid'])
    expect(states(apart, { a: 100 }, true)).toEqual(['invalid', 'unfinished'])
  })

  test('by streams that a proxy held back', () => {
    expect(states({ llm_client_lag: lag(1), llm_buffered: rate(50, 50) })).toEqual(['valid'])
    expect(judge({ llm_client_lag: lag(1), llm_buffered: rate(60, 40) }).reasons).toEqual([
      { kind: 'buffered', level: 'suspect', value: 0.6, limit: 0.5, count: 60, total: 100 },
    ])
  })

  test('without a request; what only watched is no work', () => {
    const of = (metrics: object) => validityOf({ metrics: metrics as never }).reasons[0]?.kind
    expect(of({})).toBe('nothing')
    expect(of({ llm_client_lag: lag(1), iterations: counter(1, 1) })).toBe('nothing')
    expect(of({ iterations: counter(1, 1) })).toBe('unwatched')
    expect(of({ llm_client_lag: lag(1), http_reqs: counter(1, 1) })).toBeUndefined()
  })

  test('the invalid reasons come first', () => {
    const metrics = { llm_client_lag: lag(7), dropped_iterations: counter(25, 1) }
    expect(states(metrics)).toEqual(['invalid', 'dropped', 'lag'])
  })
})

describe('the second line', () => {
  const second = (metrics: object, locale: 'en' | 'ko' = 'en') =>
    validityLines(judge(metrics), WORDS[locale].validity, 80)

  test('says the state, what was crossed and by how much', () => {
    expect(second({ llm_client_lag: lag(0.412) })).toEqual([
      'valid: client lag p99 0.41 ms, limit 5 ms',
    ])
    expect(second({ llm_client_lag: lag(61.23), dropped_iterations: counter(25, 1) })).toEqual([
      'invalid: client lag p99 61.2 ms, limit 50 ms; 25 of 125 iterations were dropped',
      '(20 %), limit 1 %',
      '  fix: fewer users on this machine, a larger one, or nothing else beside k6 on',
      '  it.',
    ])
    expect(second({ llm_client_lag: lag(5.0004) })[0]).toBe(
      'suspect: client lag p99 5.0004 ms, limit 5 ms',
    )
    expect(second({})).toEqual(['validity not watched: add clientLagScenario'])
  })

  test('names the relay where it was the bottleneck, with what helps', () => {
    const relay = { llm_relay_delay: lag(61), llm_relay_overhead: lag(200) }
    expect(second(relay)).toEqual([
      'invalid: the relay was the bottleneck: it noted tokens late, p99 61.0 ms, limit',
      '50 ms; the relay was the bottleneck: the way through it took p99 200 ms, limit',
      '100 ms',
      '  fix: nothing else on this machine, k6-llm relay --workers 2 or more, or fewer',
      '  users.',
    ])
    expect(second({ ...relay, llm_relay_delay: lag(2), llm_relay_overhead: lag(1) })).toEqual([
      'valid: relay delay p99 2.00 ms, limit 10 ms',
    ])
    const gone = second({ llm_relay_errors: counter(5, 1) }).join(' ')
    expect(gone).toMatch(/^invalid: the relay was gone or refused: it failed 5 of 100 requests/)
    expect(second(relay, 'ko').join(' ')).toMatch(
      /^invalid: 릴레이가 병목: .*방법: .*k6-llm relay --workers/,
    )
  })

  test('in Korean: the state is the same word', () => {
    expect(second({ llm_client_lag: lag(0.412) }, 'ko')).toEqual([
      'valid: 부하 생성기 지연 p99 0.41 ms, 한도 5 ms',
    ])
    expect(second({ dropped_iterations: counter(25, 1) }, 'ko')).toEqual([
      'invalid: 반복 125건 중 25건 누락 (20 %), 한도 1 %',
    ])
  })

  test('stands below the verdict, which stays that of k6', () => {
    const metrics = {
      ...work,
      llm_client_lag: lag(80),
      llm_failed: rate(0, 100, { 'rate<0.01': true }),
    }
    const report = toReport(run(metrics), { title: 'T', generatedAt: '2026-11-24T03:15:00.000Z' })
    expect(renderText(report).split('\n').slice(0, 2)).toEqual([
      'PASS - T: 1 of 1 goals met',
      'invalid: client lag p99 80.0 ms, limit 50 ms',
    ])
    expect(JSON.parse(JSON.stringify(report)).validity).toEqual({
      state: 'invalid',
      reasons: [{ kind: 'lag', level: 'invalid', value: 80, limit: 50 }],
      lag: 80,
    })
  })
})

describe('createSummary', () => {
  const certificate = {
    schema: 'k6-llm/certificate@2',
    generatedAt: '2026-11-20T10:00:00.000Z',
    limit: 5,
    machine: { cpus: 2, model: 'x', os: 'Linux' },
    versions: { k6llm: '0.1.0', k6: '2.2.0', node: '20.0.0' },
    steps: [],
    holds: [
      { way: 'relay', start: 'spread', rate: 50, streams: 50 },
      { way: 'relay', start: 'together', rate: 50, streams: 25 },
      { way: 'k6/x/sse', start: 'spread', rate: 50, streams: 10 },
    ],
  } as const
  const metrics = { ...work, llm_client_lag: lag(1) }
  const written = (options: object) => {
    const summary = createSummary({ title: 'T', file: 'x.json', ...options } as never)
    const output = summary(run(metrics))
    return { report: JSON.parse(output['x.json'] as string), text: output.stdout as string }
  }

  test('compares with the scenarios that it is given', () => {
    const rated = { executor: 'constant-arrival-rate', rate: 2, duration: '1m' }
    expect(written({ scenarios: { a: rated } }).report.validity).toMatchObject({
      state: 'invalid',
      reasons: [{ kind: 'unfinished', count: 20, total: 120 }],
    })
    const users = { executor: 'constant-vus', vus: 1, duration: '1m' }
    const watch = { executor: 'per-vu-iterations', exec: 'clientLag' }
    expect(written({ scenarios: { a: rated, users } }).report.validity.state).toBe('valid')
    expect(written({ scenarios: { users, watch } }).report.validity.state).toBe('valid')
    expect(written({ scenarios: { a: rated, watch } }).report.validity.state).toBe('invalid')
  })

  test('carries a certificate into the record and says it in a sentence', () => {
    const { report, text } = written({ certificate })
    expect(report.certificate).toEqual(certificate)
    expect(text.replace(/\n/g, ' ')).toContain(
      'certificate of 2026-11-20, relay: p99 error of TTFT and gaps under 5 ms up to 50 streams ' +
        'of 50 tokens/s with spread starts, up to 25 that start at once',
    )
    const none = certificate.holds.map((hold) => ({ ...hold, streams: null }))
    expect(written({ certificate: { ...certificate, holds: none }, locale: 'ko' }).text).toContain(
      '2026-11-20 인증서, relay: 어떤 부하에서도',
    )
    expect('certificate' in written({}).report).toBe(false)
  })

  test.each([
    [{ certificate: null }, /certificate=null: expected what calibrate --out wrote/],
    [{ certificate: { schema: 'x' } }, /JSON.parse\(open\('.\/certificate.json'\)\)/],
    [{ scenarios: 7 }, /scenarios=7: expected the object of options.scenarios/],
  ])('refuses %j at init', (options, message) => {
    expect(() => createSummary(options as never)).toThrow(message)
  })
})
