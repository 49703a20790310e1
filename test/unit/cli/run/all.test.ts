import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readVariables, splitArguments } from '../../../../cli/commands/run.ts'
import { codeOf, outsOf } from '../../../../cli/run/all.ts'
import { timeStamp } from '../../../../cli/run/once.ts'
import { fromExport, strictVerdict } from '../../../../cli/run/strict.ts'
import { rowOf, toTable } from '../../../../cli/run/table.ts'
import { toReport } from '../../../../src/report/record.ts'

const report = (thresholds: Record<string, { ok: boolean }>) =>
  toReport(
    {
      metrics: {
        llm_requests: { type: 'counter', contains: 'default', values: { count: 8, rate: 1 } },
        llm_failed: {
          type: 'rate',
          contains: 'default',
          values: { rate: 0.125, passes: 1, fails: 7 },
        },
        llm_ttft: {
          type: 'trend',
          contains: 'time',
          values: { 'p(95)': 812.4, max: 900, count: 20 },
          thresholds,
        },
      },
      state: { testRunDurationMs: 1000 },
    },
    { title: 't', generatedAt: '2026-01-01T00:00:00Z' },
  )

describe('the table of several tests', () => {
  test('has what was measured, "-" for what was not, in 80 columns', () => {
    const good = report({ 'p(95)<2000': { ok: true }, 'max>0': { ok: true } })
    const rows = [
      rowOf('load-test', 0, good),
      rowOf('model-management-test', 107, undefined),
      { test: 'streaming-test', code: null },
    ]
    expect(toTable(rows).split('\n')).toEqual([
      'test                  code verdict   validity goals requests failed  TTFT whole',
      '                                                                      p95   p95',
      'load-test                0 PASS      unknown    1/1        8  12.5% 812ms     -',
      'model-management-test  107 NO REPORT -            -        -      -     -     -',
      'streaming-test           - not run   -            -        -      -     -     -',
    ])
  })

  test('k6 tells an interruption that a report cannot know', () => {
    const good = report({ 'p(95)<2000': { ok: true } })
    expect(good.verdict).toBe('pass')
    expect(rowOf('load-test', 105, good).verdict).toBe('interrupted')
    expect(toTable([rowOf('load-test', 105, good)])).toMatch(/^load-test +105 INTERRUPTED/m)
    expect(rowOf('load-test', 105, undefined)).toEqual({
      test: 'load-test',
      code: 105,
      verdict: 'interrupted',
    })
  })

  test('the code is the first of k6 that is not 0; --strict fails what is not valid', () => {
    const row = (code: number | null, validity?: 'valid' | 'suspect' | 'invalid' | 'unknown') => ({
      test: 't',
      code,
      ...(validity && { validity }),
    })
    expect(codeOf([row(0, 'valid'), row(99, 'valid'), row(105)], false)).toBe(99)
    expect(codeOf([row(0, 'invalid'), row(0, 'unknown')], false)).toBe(0)
    expect(codeOf([row(0, 'suspect'), row(0, 'valid')], true)).toBe(0)
    expect(codeOf([row(0, 'valid'), row(0, 'unknown')], true)).toBe(4)
    expect(codeOf([row(0, 'valid'), row(0)], true)).toBe(4)
    expect(codeOf([row(105), row(null)], true)).toBe(105)
  })
})

test('each test has samples of its own, and no two write over one file', () => {
  const sub = (name: string) => join('results', name)
  expect(outsOf([], 'results', 'load-test', true)).toEqual([
    `json=${sub('load-test.samples.json')}`,
  ])
  expect(outsOf(['csv=out/raw.csv', 'influxdb=http://x/k6'], 'results', 'a', true)).toEqual([
    `csv=${join('out', 'a-raw.csv')}`,
    'influxdb=http://x/k6',
    `json=${sub('a.samples.json')}`,
  ])
  expect(outsOf(['json=raw.json'], 'results', 'a', true)).toEqual(['json=a-raw.json'])
  expect(outsOf([], 'results', 'a', false)).toEqual([])
})

test('names of files have no colon, which Windows does not take', () => {
  expect(timeStamp(new Date('2026-11-24T07:31:39.123Z'))).toBe('20261124T073139Z')
})

describe('arguments', () => {
  test('what comes after -- is k6’s', () => {
    const argv = (...rest: string[]) => ['node', 'main.js', 'run', ...rest]
    expect(splitArguments(['t.js'], argv('t.js'))).toEqual({ script: 't.js', passedOn: [] })
    expect(splitArguments(['t.js', '--vus', '5'], argv('t.js', '--', '--vus', '5'))).toEqual({
      script: 't.js',
      passedOn: ['--vus', '5'],
    })
    expect(splitArguments(['--quiet'], argv('--all', '--', '--quiet'))).toEqual({
      script: undefined,
      passedOn: ['--quiet'],
    })
    expect(() => splitArguments(['a.js', 'b.js'], argv('a.js', 'b.js'))).toThrow(
      'b.js: expected one script; options of k6 come after --',
    )
  })

  test('variables', () => {
    expect(readVariables(['A=1', 'B=x=y', 'C='])).toEqual({ A: '1', B: 'x=y', C: '' })
    expect(() => readVariables(['BASE_URL'])).toThrow('-e BASE_URL: expected NAME=value')
  })
})

describe('--strict', () => {
  test('reads --summary-export, which has no types', () => {
    const told = fromExport({
      metrics: {
        llm_client_lag: { avg: 1, 'p(99)': 61, max: 80, count: 40, thresholds: { 'max>0': false } },
        http_reqs: { count: 40, rate: 4 },
        llm_buffered: { passes: 0, fails: 40, value: 0 },
        vus: { value: 1, min: 1, max: 5 },
      },
    })
    const { validity } = toReport(told, { title: 't', generatedAt: '2026-01-01T00:00:00Z' })
    expect(validity.state).toBe('invalid')
    expect(strictVerdict(validity)).toEqual({
      passes: false,
      lines: [
        '--strict: invalid: client lag p99 61.0 ms, limit 50 ms',
        'fix: fewer users on this machine, a larger one, or nothing else beside k6 on it.',
      ],
    })
  })

  test('a run that nothing watched is named as such', () => {
    const told = fromExport({ metrics: { http_reqs: { count: 40, rate: 4 } } })
    const { validity } = toReport(told, { title: 't', generatedAt: '2026-01-01T00:00:00Z' })
    expect(strictVerdict(validity)).toEqual({
      passes: false,
      lines: ['--strict: validity not watched: add clientLagScenario'],
    })
  })

  test('each reason has its words; a valid run has none', () => {
    const kinds = ['lag', 'late', 'dropped', 'unfinished', 'buffered', 'nothing', 'column'] as const
    for (const kind of kinds) {
      const reason = { kind, level: 'invalid', value: 0.2, limit: 0.1, count: 1, total: 5 } as const
      const { passes, lines } = strictVerdict({ state: 'invalid', reasons: [reason] })
      expect(passes).toBe(false)
      expect(lines[0]).toMatch(/^--strict: invalid: \w.{8}/)
      expect(lines.join()).not.toMatch(/undefined|\{/)
    }
    expect(strictVerdict({ state: 'valid', reasons: [], lag: 1 })).toEqual({
      passes: true,
      lines: [],
    })
    const late = { kind: 'late', level: 'suspect', value: 200, limit: 100 } as const
    expect(strictVerdict({ state: 'suspect', reasons: [late] })).toMatchObject({
      passes: true,
      lines: [expect.stringMatching(/^suspect: requests began late/), expect.anything()],
    })
    expect(strictVerdict(undefined).lines[0]).toMatch(/^--strict: there is no summary of k6/)
  })
})
