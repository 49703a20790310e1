import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { k6Json } from '../../../support/k6-json.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-compare-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/k6-llm.js', 'compare', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: '', NO_COLOR: '1', ...(env ?? {}) },
    },
  )
  return { status, stdout, stderr }
}
let env: Record<string, string> | undefined
const file = (name: string, content: string | Buffer) => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const base = file('base.json', k6Json({ seed: 1, requests: 1500 }))
const again = file('again.json.gz', gzipSync(k6Json({ seed: 2, requests: 1500 })))
const slower = file('slower.json', k6Json({ seed: 3, requests: 1500, slower: 1.15 }))

describe('k6-llm compare', () => {
  test('two runs of the same server: 0', () => {
    const { status, stdout, stderr } = run(base, again)
    expect(stdout).toMatch(/^SAME - .*again\.json\.gz against .*base\.json: \d+ same/)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('a slower one: 1, as JSON and for the summary of a GitHub step', () => {
    const summary = file('summary.md', 'before\n')
    env = { GITHUB_STEP_SUMMARY: summary }
    const { status, stdout } = run('--json', base, slower)
    env = undefined
    expect(status).toBe(1)
    const comparison = JSON.parse(stdout)
    expect(comparison).toMatchObject({ schema: 'k6-llm/comparison@1', verdict: 'worse' })
    expect(comparison.rows[0]).toMatchObject({
      metric: 'llm_ttft',
      statistic: 'p50',
      verdict: 'worse',
      count: { base: expect.any(Number), new: expect.any(Number) },
    })
    expect(readFileSync(summary, 'utf8')).toMatch(/^before\n### WORSE: /)
  })

  test('--only takes the samples with a tag', () => {
    const { status, stdout } = run('--only', 'model=b', '--json', base, again)
    expect(status).toBe(0)
    const { base: before, new: after } = JSON.parse(stdout).rows[0].count
    for (const count of [before, after]) {
      expect(count).toBeGreaterThan(480)
      expect(count).toBeLessThanOrEqual(500)
    }
  })

  test.each([
    [['--only', 'model'], '--only model: expected TAG=VALUE, like model=llama3'],
    [['--threshold', 'x'], '--threshold x: expected a share like 5%'],
    [['--seed', 'x'], '--seed x: expected a whole number'],
    [['--github'], '--github: GITHUB_STEP_SUMMARY is not set'],
  ])('%j: 2', (args, message) => {
    const { status, stderr } = run(...args, base, again)
    expect(stderr).toContain(`k6-llm compare: ${message}`)
    expect(status).toBe(2)
  })

  test('a file that is none of k6, or another kind than the other: 2', () => {
    const summary = file(
      'report.json',
      JSON.stringify({ schema: 'k6-llm/report@1', latency: [], rates: [] }),
    )
    expect(run(base, summary)).toMatchObject({
      status: 2,
      stderr: `k6-llm compare: ${summary}: a summary, and the other is of samples; give two of a kind\n`,
    })
    expect(run(base, file('x.txt', 'hello\n')).stderr).toMatch(
      /x\.txt: line 1: not k6's samples but text/,
    )
  })
})
