import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareFiles } from '../../../../cli/compare/files.ts'
import { thresholds } from '../../../../cli/compare/threshold.ts'
import { makeReport } from '../../../../cli/report/make.ts'
import { fromDocument } from '../../../../cli/report/thresholds.ts'
import { readSamples } from '../../../../cli/samples/read.ts'
import { toReport } from '../../../../src/report/record.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-samples-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** k6's lines of so many seconds: a user, and two requests of which one ends. */
function samplesFile(name: string, seconds: number): string {
  const lines = (
    [
      ['vus', 'gauge'],
      ['iterations', 'counter'],
      ['llm_started', 'counter'],
      ['llm_requests', 'counter'],
      ['llm_failed', 'rate'],
    ] as const
  ).map(([name, type]) => {
    const data = { name, type, contains: 'default', thresholds: [], submetrics: null }
    return JSON.stringify({ type: 'Metric', data, metric: name })
  })
  const start = Date.parse('2026-11-24T06:00:00Z')
  const add = (metric: string, at: number, value: number) => {
    const time = new Date(start + at * 1000).toISOString()
    const tags = { phase: 'measure', scenario: 'load' }
    lines.push(JSON.stringify({ metric, type: 'Point', data: { time, value, tags } }))
  }
  add('llm_started', 0.1, 1)
  add('llm_requests', 0.5, 1)
  add('llm_failed', 0.5, 0)
  add('iterations', 0.5, 1)
  add('llm_started', 0.6, 1)
  for (let at = 1; at <= seconds; at++) add('vus', at, 1)
  const path = join(directory, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const about = { title: 'x', generatedAt: '2026-11-24T00:00:00Z' }
const how = { ...about, version: '0', threshold: thresholds([]), locale: 'en' } as const
const options = {
  thresholds: { llm_failed: ['rate<0.5'] },
  scenarios: { load: { executor: 'constant-vus', vus: 1, duration: '30s' } },
}

describe('a report from samples', () => {
  async function verdict(seconds: number, document: unknown) {
    const given = fromDocument(document)
    const reading = await readSamples([samplesFile(`${seconds}.json`, seconds)], {
      thresholds: given?.thresholds,
    })
    const { report } = makeReport(reading, { ...how, given })
    return report
  }

  test('knows an interruption by the options of the run', async () => {
    const stopped = await verdict(10, options)
    expect(stopped.verdict).toBe('interrupted')
    expect(stopped.ending).toMatchObject({ by: 'interruption', plannedMs: 30_000 })
    expect(stopped.findings).toEqual([{ kind: 'underWay', count: 1, total: 2 }])
    const whole = await verdict(30, options)
    expect(whole.verdict).toBe('pass')
    expect(whole).not.toHaveProperty('ending')
    expect(whole.findings).toEqual([{ kind: 'cut', count: 1, total: 2 }])
  })

  test('and by the report of the run', async () => {
    const summary = { metrics: {}, root_group: {}, state: { testRunDurationMs: 10_000 } }
    const ending = { by: 'interruption', ranMs: 10_000, plannedMs: 30_000 } as const
    const stopped = await verdict(10, toReport(summary, { ...about, ending }))
    expect(stopped).toMatchObject({ verdict: 'interrupted', ending })
  })
})

test('compare says which of two reports is of an interrupted run', async () => {
  const file = (name: string, more: object) => {
    const values = { rate: 0.1, passes: 10, fails: 90 }
    const metrics = { llm_failed: { type: 'rate', contains: 'default', values } }
    const data = { metrics, root_group: {}, state: { testRunDurationMs: 10_000 } }
    const path = join(directory, name)
    writeFileSync(path, JSON.stringify(toReport(data, { ...about, ...more })))
    return path
  }
  const base = file('base.json', {})
  const other = file('new.json', {
    ending: { by: 'interruption', ranMs: 10_000, plannedMs: 30_000 },
  })
  const { notes } = await compareFiles(base, other, {
    threshold: thresholds([]),
    only: [],
    seed: 1,
    warn: () => {},
  })
  expect(notes[0]).toMatch(/new\.json: INTERRUPTED - x: stopped after 10s of 30s/)
  expect(notes.join()).not.toContain('base.json: ')
})
