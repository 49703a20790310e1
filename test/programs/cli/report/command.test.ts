import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { k6Json } from '../../../support/k6-json.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-report-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string, content = '') => {
  const path = join(directory, name)
  if (content) writeFileSync(path, content)
  return path
}

function run(args: string[], { input = '', env = {} } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/k6-llm.js', 'report', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      input,
      env: { PATH: '', NO_COLOR: '1', ...env },
    },
  )
  return { status, stdout, stderr }
}
const samples = k6Json({ seed: 1, requests: 400 })
const good = file('good.json', samples)
const crossed = file(
  'crossed.json',
  samples.replace('"thresholds":[]', '"thresholds":["p(95)<100"]'),
)

describe('k6-llm report', () => {
  test('of stdin: 0 without thresholds', () => {
    const { status, stdout, stderr } = run(['-', '--title', 'piped'], { input: samples })
    expect(stdout).toMatch(/^NONE - piped \(re-computed from k6's samples\): no thresholds/)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/Samples: 2,3\d\d of stdin/)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('a crossed threshold: 99, as k6', () => {
    const { status, stdout } = run([crossed])
    expect(stdout).toMatch(/^FAIL - .*: 1 of 1 goals not met/)
    expect(status).toBe(99)
  })

  test('writes each format by its ending, and the summary of a GitHub step', () => {
    const names = ['r.html', 'r.md', 'r.json', 'r.xml', 'r.txt'].map((name) => file(name))
    const summary = file('step.md', 'before\n')
    const { status, stdout } = run(
      ['--json', '--locale', 'ko', ...names.flatMap((name) => ['--write', name]), crossed],
      { env: { GITHUB_STEP_SUMMARY: summary } },
    )
    expect(status).toBe(99)
    const [html = '', markdown, json, junit, text] = names.map((name) => readFileSync(name, 'utf8'))
    expect(html).toMatch(/^<!doctype html>/i)
    expect(html).toContain('histogram-llm-ttft')
    expect(junit).toMatch(/^<\?xml .*\n<testsuites tests="2" failures="1"/)
    expect(text).toMatch(/^FAIL - k6-llm \(k6 샘플에서 다시 계산\)/)
    expect(readFileSync(summary, 'utf8')).toBe(`before\n${markdown}`)
    expect(stdout).toBe(json)
    const { tables, charts } = JSON.parse(stdout)
    expect(tables.map(({ id }: { id: string }) => id)).toEqual([
      'groups-1',
      'groups-2',
      'steadiness',
      'percentiles',
    ])
    expect(charts.length).toBeGreaterThan(8)
  })

  test('one file of two cannot be used: the report of the other, and 1', () => {
    const { status, stdout, stderr } = run([good, file('absent.json')])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^NONE - k6-llm/)
    expect(stderr).toMatch(
      /^k6-llm report: .*absent\.json: there is no such file; give the file of k6 run/,
    )
  })

  test.each([
    [[file('nothing.json')], 1, 'nothing.json: there is no such file'],
    [['--goal', 'ttft<2', good], 2, "--goal ttft<2: expected METRIC:GOAL as in k6's thresholds"],
    [
      ['--write', 'x.pdf', good],
      2,
      '--write x.pdf: the ending tells the format; expected one of .md',
    ],
    [['--thresholds', good, good], 1, 'expected what k6 inspect script.js prints'],
    [['--seed', 'x', good], 2, '--seed x: expected a whole number'],
    [['--github', good], 2, '--github: GITHUB_STEP_SUMMARY is not set'],
  ])('%j: %d', (args, code, message) => {
    const { status, stdout, stderr } = run(args)
    expect(stderr).toContain(message)
    expect({ status, stdout }).toEqual({ status: code, stdout: '' })
  })

  test('of two runs in one file is refused, unless one is named', () => {
    const later = k6Json({ seed: 2, requests: 60, start: '2026-11-24T09:00:00Z' })
    const two = file('two.json', samples + later)
    const refused = run([two])
    expect(refused).toMatchObject({ status: 2, stdout: '' })
    expect(refused.stderr).toMatch(
      /2 runs: .*two\.json line 2395 .*; a report is of one: give --run/,
    )
    const { status, stdout } = run(['--json', '--run', '2', two])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).durationMs).toBe(2950)
    expect(run(['--run', 'last', two])).toMatchObject({ status: 2 })
  })
})
