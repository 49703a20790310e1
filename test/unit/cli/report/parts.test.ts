import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { thresholds } from '../../../../cli/compare/threshold.ts'
import { distributions } from '../../../../cli/report/distributions.ts'
import { groupTables } from '../../../../cli/report/groups.ts'
import { renderJunit } from '../../../../cli/report/junit.ts'
import { chartsOverTime } from '../../../../cli/report/over-time.ts'
import { steadiness } from '../../../../cli/report/steadiness.ts'
import { sweepParts } from '../../../../cli/report/sweep.ts'
import { readSamples } from '../../../../cli/samples/read.ts'
import { knee } from '../../../../cli/stats/knee.ts'
import { mser5 } from '../../../../cli/stats/mser.ts'
import { seededRandom } from '../../../../cli/stats/random.ts'
import { percentile } from '../../../../src/core/percentile.ts'
import { toReport } from '../../../../src/report/record.ts'
import { k6Json, type RunOptions } from '../../../support/k6-json.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-parts-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
let files = 0

async function samplesOf(...runs: RunOptions[]) {
  const paths = runs.map((run) => {
    const path = join(directory, `${files++}.json`)
    writeFileSync(path, k6Json(run))
    return path
  })
  return (await readSamples(paths)).samples
}
const minute = (n: number) => `2026-11-24T06:${String(n).padStart(2, '0')}:00Z`
const step = (n: number, rate: number, slower: number, label = `rate=${rate}`): RunOptions => ({
  seed: n + 1,
  requests: rate * 30,
  rate,
  slower,
  start: minute(n),
  tags: { step: label },
})

describe('a sweep', () => {
  const run = () =>
    samplesOf(
      step(0, 2, 1),
      step(1, 4, 1.05),
      step(2, 8, 1.2),
      step(3, 16, 6, 'rate=16'),
      step(4, 32, 20, 'rate=32'),
      step(5, 8, 1.3, 'rate=8#2'),
    )

  test('each load with what it got, repeated steps together', async () => {
    const { tables } = sweepParts(await run())
    const [load, times] = tables
    expect(load?.rows.map((row) => row.slice(0, 2))).toEqual([
      ['rate=2', 60],
      ['rate=4', 120],
      ['rate=8 ×2', 480],
      ['rate=16', 480],
      ['rate=32', 960],
    ])
    for (const [i, rate] of [2, 4, 8, 16, 32].entries()) {
      expect(Number(load?.rows[i]?.[2]) / rate).toBeCloseTo(1, 1)
    }
    // 300 ms × 1.05 × e^(0.2 × 1.645)
    expect(times?.rows[1]?.[2]).toBeGreaterThan(300 * 1.05 * 1.25)
    expect(times?.rows[1]?.[2]).toBeLessThan(300 * 1.05 * 1.6)
  })

  test('the highest load that meets the goals, how sure that is, and the bend', async () => {
    const { tables, charts } = sweepParts(await run(), {
      goals: ['llm_ttft:p(95)<1000', 'llm_failed:rate<0.05'],
    })
    expect(tables[0]?.note).toMatchObject({
      en: expect.stringMatching(
        /^Highest load that meets the goals, with all below it: rate=8 \(in ([89]\d|100) % of 1000 resamples\)\. The curve bends at rate=16\.$/,
      ),
    })
    expect(tables[0]?.rows.map((row) => (row[7] as { en: string }).en)).toEqual([
      'met',
      'met',
      'met',
      'missed',
      'missed',
    ])
    expect(charts.map(({ id }) => id)).toEqual(['sweep', 'sweep-achieved'])
    expect(charts[0]?.marks?.map(({ at }) => at)).toEqual([16, 8])
    expect(charts[0]?.x.values).toEqual([2, 4, 8, 16, 32])
  })

  test('a goal that was not measured is not met; without goals nothing is said', async () => {
    const samples = await run()
    const missed = sweepParts(samples, { goals: ['llm_goodput:rate>0.9'] })
    expect(missed.tables[0]?.note).toMatchObject({
      en: expect.stringContaining('No step meets the goals'),
    })
    expect(sweepParts(samples).tables[0]?.note).toMatchObject({
      en: expect.stringContaining('No goals to judge'),
    })
  })

  test('its interval has what differs between repetitions', async () => {
    const width = (text: unknown) => {
      const [low, high] = String(text).split(' … ').map(Number.parseFloat) as [number, number]
      return high - low
    }
    const alike = sweepParts(await samplesOf(step(0, 8, 1), step(1, 8, 1, 'rate=8#2')))
    const apart = sweepParts(await samplesOf(step(0, 8, 1), step(1, 8, 1.5, 'rate=8#2')))
    expect(width(apart.tables[1]?.rows[0]?.[3])).toBeGreaterThan(
      1.5 * width(alike.tables[1]?.rows[0]?.[3]),
    )
  })

  test('none without steps', async () => {
    expect(sweepParts(await samplesOf({ seed: 1, requests: 50 }))).toEqual({
      tables: [],
      charts: [],
    })
  })
})

describe('steadiness', () => {
  const words = async (options: Partial<RunOptions>) => {
    const table = steadiness(await samplesOf({ seed: 1, requests: 1200, ...options }))
    return table?.rows.map((row) => `${row[0]} ${(row[4] as { en: string }).en}`)
  }

  test('of a server that holds still', async () => {
    expect(await words({})).toEqual([
      'llm_ttft p50 steady',
      'llm_tpot p50 steady',
      'llm_request_duration p50 steady',
      'llm_requests/s steady',
      'llm_completion_tokens/s steady',
    ])
  })

  test('of one that slows down by a third', async () => {
    expect((await words({ at: (i) => 1 + i / 3600 }))?.slice(0, 3)).toEqual([
      'llm_ttft p50 drifts',
      'llm_tpot p50 drifts',
      'llm_request_duration p50 drifts',
    ])
  })

  test('start-up is told; a run that is too short is not judged', async () => {
    const table = steadiness(
      await samplesOf({ seed: 1, requests: 1200, at: (i) => (i < 100 ? 4 : 1) }),
    )
    const [, cut] = /MSER-5: (\d+) requests/.exec(
      (table?.note as { en: string }).en,
    ) as RegExpExecArray
    expect(Number(cut)).toBeGreaterThanOrEqual(85)
    expect(Number(cut)).toBeLessThanOrEqual(130)
    expect(steadiness(await samplesOf({ seed: 1, requests: 100 }))).toBeUndefined()
  })
})

describe('mser5', () => {
  test('cuts a start-up of 50 off 500, none of a steady sequence', () => {
    const random = seededRandom(4)
    const steady = Array.from({ length: 500 }, () => 10 + random.normal())
    expect(mser5(steady)).toBeLessThan(100)
    expect(mser5(steady.map((value, i) => value + (i < 50 ? 20 : 0)))).toBe(50)
  })

  test('says nothing of one that does not settle, or of few values', () => {
    expect(mser5(Array.from({ length: 500 }, (_, i) => i * i))).toBeUndefined()
    expect(mser5([1, 2, 3])).toBeUndefined()
  })
})

describe('knee', () => {
  test.each([
    [[1, 2, 4, 8, 16], [10, 10, 11, 12, 100], 3],
    [[1, 2, 3, 4], [10, 20, 30, 40], undefined],
    [[1, 2, 3, 4], [10, 11, 10, 11], undefined],
    [[1, 2, 3], [1, 1, 9], undefined],
  ])('of %j %j', (x, y, index) => {
    expect(knee(x, y)).toBe(index)
  })
})

describe('groups', () => {
  test('of a tag beside each other: the slower model is worse', async () => {
    const samples = await samplesOf(
      { seed: 1, requests: 900, tags: { model: 'a' } },
      { seed: 2, requests: 900, slower: 1.2, tags: { model: 'b' } },
    )
    const [table, ...more] = groupTables(samples, { threshold: thresholds([]) })
    expect(more).toEqual([])
    expect(table?.title).toMatchObject({ en: 'model: b against a' })
    const [ttft] = table?.rows ?? []
    expect(ttft?.[0]).toBe('llm_ttft p50')
    expect(ttft?.[6]).toMatchObject({ en: 'worse' })
  })

  test('more than three need --by', async () => {
    const samples = await samplesOf(
      ...['a', 'b', 'c', 'd'].map((model, i) => ({ seed: i, requests: 100, tags: { model } })),
    )
    expect(groupTables(samples, { threshold: thresholds([]) })).toEqual([])
    expect(groupTables(samples, { threshold: thresholds([]), by: 'model' })).toHaveLength(3)
  })
})

describe('charts over time', () => {
  test('windows with pace, percentiles, tokens and requests that run', async () => {
    const samples = await samplesOf({ seed: 1, requests: 600, rate: 20 })
    const charts = chartsOverTime(samples)
    expect(charts.map(({ id }) => id)).toEqual([
      'time-requests',
      'time-llm-ttft',
      'time-llm-request-duration',
      'time-tokens',
      'time-running',
    ])
    const [requests, ttft, , tokens, running] = charts
    expect(requests?.x.values).toHaveLength(30)
    expect(requests?.series[0]?.values.every((value) => value === 20)).toBe(true)
    expect(ttft?.series[0]?.values[10]).toBeGreaterThan(250)
    expect(ttft?.series[0]?.values[10]).toBeLessThan(360)
    expect(tokens?.series[0]?.values[10]).toBeGreaterThan(1700)
    // Little: 20 a second that take 2 s each.
    expect(Number(running?.series[0]?.values[15])).toBeGreaterThan(34)
    expect(Number(running?.series[0]?.values[15])).toBeLessThan(46)
    for (const chart of charts) {
      for (const { values } of chart.series) expect(values).toHaveLength(chart.x.values.length)
    }
  })
})

describe('distributions', () => {
  test('percentiles, histogram and ECDF of every sample', async () => {
    const samples = await samplesOf({ seed: 1, requests: 600 })
    const { tables, charts } = distributions(samples)
    const sorted = samples.metrics.get('llm_ttft')?.values().sort() as Float64Array
    expect(tables[0]?.rows.find(([rank]) => rank === 'p95')?.[1]).toBe(percentile(sorted, 0.95))
    expect(tables[0]?.rows.find(([rank]) => rank === 'p99.9')?.[1]).toBeNull()
    const histogram = charts.find(({ id }) => id === 'histogram-llm-ttft')
    const total = histogram?.series[0]?.values.reduce(
      (sum: number, value) => sum + Number(value),
      0,
    )
    expect(total).toBe(sorted.length)
    const shares = charts.find(({ id }) => id === 'ecdf-llm-ttft')?.series[0]?.values ?? []
    expect(shares.at(-1)).toBe(1)
    expect([...shares].sort((a, b) => Number(a) - Number(b))).toEqual(shares)
  })
})

test('JUnit XML: goals as test cases', () => {
  const data = {
    metrics: {
      llm_ttft: {
        type: 'trend',
        contains: 'time',
        values: { 'p(95)': 2500, count: 9 },
        thresholds: { 'p(95)<2000': { ok: false }, 'avg>=1': { ok: true } },
      },
      'llm_ttft{model:<a & "b">}': {
        type: 'trend',
        contains: 'time',
        values: { 'p(95)': 0, count: 0 },
        thresholds: { 'p(95)<2000': { ok: true } },
      },
    },
    state: { testRunDurationMs: 1500 },
  }
  const report = toReport(data, { title: 'a "run"', generatedAt: '2026-11-24T00:00:00Z' })
  const xml = renderJunit(report, 'en')
  expect(xml).toContain('<testsuites tests="4" failures="2" skipped="1" errors="0" time="1.500">')
  expect(xml).toContain('name="a &quot;run&quot;"')
  expect(xml).toContain('name="llm_ttft{model:&lt;a &amp; &quot;b&quot;&gt;} p(95)&lt;2000"')
  expect(xml).toContain(
    '<failure message="llm_ttft p(95)&lt;2000: measured 2500" type="threshold"/>',
  )
  expect(xml).toContain('p(95)&lt;2000: not measured (empty)"/>')
  expect(xml).toContain(
    '<failure message="invalid: no request was sent; fix: look for errors in the output of k6." type="validity"/>',
  )
})

test('JUnit XML of an interrupted run: the run is an error, and no goal is judged', () => {
  const metrics = {
    llm_failed: {
      type: 'rate',
      contains: 'default',
      values: { rate: 0.5, passes: 1, fails: 1 },
      thresholds: { 'rate<0.1': { ok: false } },
    },
    llm_requests: { type: 'counter', contains: 'default', values: { count: 2, rate: 1 } },
  }
  const about = { title: 'a', generatedAt: '2026-11-24T00:00:00Z' }
  const summary = { metrics, state: { testRunDurationMs: 10_000 } }
  const ending = { by: 'interruption', ranMs: 10_000, plannedMs: 30_000 } as const
  const xml = renderJunit(toReport(summary, { ...about, ending }), 'en')
  expect(xml).toContain('<testsuites tests="3" failures="0" skipped="1" errors="1"')
  expect(xml).toContain('<skipped message="not judged: llm_failed rate&lt;0.1: measured 0.5"/>')
  expect(xml).toMatch(/name="the run came to its end">\s+<error message="INTERRUPTED - a: stopped/)
  const aborted = toReport(summary, { ...about, ending: { ...ending, by: 'threshold' } })
  expect(renderJunit(aborted, 'en')).toMatch(
    /failures="2" skipped="0" errors="0"[\s\S]*name="the run came to its end">\s+<failure message="FAIL - a/,
  )
})

test('JUnit XML has no character that XML has not', () => {
  const report = toReport(
    { metrics: {}, state: { testRunDurationMs: 1 } },
    { title: 'a\u0001b\nc', generatedAt: '2026-11-24T00:00:00Z' },
  )
  expect(renderJunit(report, 'ko')).toContain('name="ab c"')
})
