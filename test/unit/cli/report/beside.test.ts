import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { readWithGoals } from '../../../../cli/report/beside.ts'
import { makeReport } from '../../../../cli/report/make.ts'
import { readSamples } from '../../../../cli/samples/read.ts'
import { toReport } from '../../../../src/report/record.ts'
import { k6Json } from '../../../support/k6-json.ts'

const root = mkdtempSync(join(tmpdir(), 'k6-llm-beside-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let directory = root
beforeEach(() => {
  directory = mkdtempSync(join(root, 'run-'))
})
const file = (name: string, content: string) => {
  const path = join(directory, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** 100 requests from 06:00:00 on, 5 s. */
const samples = k6Json({ seed: 1, requests: 100 })
const data = (requests: number) => ({
  root_group: {},
  metrics: {
    llm_requests: { type: 'counter', contains: 'default', values: { count: requests, rate: 20 } },
    'llm_ttft{scenario:load,phase:measure}': {
      type: 'trend',
      contains: 'time',
      values: { 'p(95)': 400, count: 99 },
      thresholds: { 'p(95)<50': { ok: false } },
    },
  },
  state: { testRunDurationMs: 5500 },
})
const report = (requests = 100, generatedAt = '2026-11-24T06:00:05.500Z') =>
  JSON.stringify({
    ...toReport(data(requests), { title: 't', generatedAt }),
    slas: [{ name: 'our SLA' }],
  })

async function made(...files: string[]) {
  const { reading, given } = await readWithGoals(files, (told) =>
    readSamples(files, { thresholds: told?.thresholds, types: told?.types }),
  )
  const about = {
    title: 't',
    generatedAt: '2026-11-25T00:00:00Z',
    version: '1',
    locale: 'en',
  } as const
  return makeReport(reading, { ...about, threshold: () => 0.05, ...(given && { given }) }).report
}

describe('the goals that lie beside samples', () => {
  test('are those of the report that the same run wrote', async () => {
    const path = file('samples.json', samples)
    expect((await made(path)).verdict).toBe('none')
    const beside = file('results/load-test.json', report())
    const { goals, verdict, slas, durationMs, notes } = await made(path)
    expect(verdict).toBe('fail')
    expect(goals).toHaveLength(1)
    expect(goals[0]).toMatchObject({ selector: 'scenario:load,phase:measure', ok: false })
    expect(goals[0]?.value).toBeGreaterThan(50)
    expect(slas).toEqual([{ name: 'our SLA' }])
    expect(durationMs).toBe(5500)
    expect(notes.map(({ text }) => text).join('\n')).toContain(`those of ${beside}, which the same`)
  })

  test('are not those of another run: by its time, or by its counts', async () => {
    const path = file('samples.json', samples)
    file('earlier.json', report(100, '2026-11-24T05:59:00Z'))
    file('later.json', report(100, '2026-11-24T06:20:00Z'))
    file('at-once.json', report(101))
    file('broken.json', report().slice(0, 500))
    file('list.json', '[1]')
    expect((await made(path)).goals).toEqual([])
    file('its-own.json', report())
    expect((await made(path)).verdict).toBe('fail')
  })

  test('may be what a script wrote of k6’s data', async () => {
    const path = file('samples.json', samples)
    file('other.json', JSON.stringify(data(99)))
    expect((await made(path)).verdict).toBe('none')
    file('data.json', JSON.stringify(data(100)))
    expect((await made(path)).goals).toHaveLength(1)
  })

  test('of a run whose last line was cut off', async () => {
    const path = file('samples.json', samples.slice(0, -30))
    file('report.json', report())
    expect((await made(path)).verdict).toBe('fail')
  })

  test('of several instances are those of each', async () => {
    const [a, b] = [file('a.json', samples), file('b.json', k6Json({ seed: 2, requests: 100 }))]
    file('report.json', report())
    const { goals, slas, notes } = await made(a, b)
    expect(goals).toHaveLength(1)
    expect(slas).toEqual([{ name: 'our SLA' }])
    expect(notes.map(({ label }) => label)).not.toContain('Verdict')
  })
})
