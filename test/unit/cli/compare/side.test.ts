import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareFiles } from '../../../../cli/compare/files.ts'
import { renderText } from '../../../../cli/compare/render.ts'
import { renderJunit } from '../../../../cli/report/junit.ts'
import { makeReport } from '../../../../cli/report/make.ts'
import { readSamples } from '../../../../cli/samples/read.ts'
import { createJsonOutput } from '../../../../preview/metrics/json-output.ts'
import type { Metric } from '../../../../preview/metrics/registry.ts'
import { createSink } from '../../../../preview/metrics/sinks.ts'
import { renderHtml } from '../../../../src/report/html.ts'
import { renderMarkdown } from '../../../../src/report/markdown.ts'
import { k6Json } from '../../../support/k6-json.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-side-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string, content: string) => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const define = (name: string, type: string) =>
  JSON.stringify({
    type: 'Metric',
    data: { name, type, contains: 'default', thresholds: [], submetrics: null },
    metric: name,
  })
const samples = (metric: string, ...values: number[]) =>
  values.map((value) =>
    JSON.stringify({
      metric,
      type: 'Point',
      data: { time: '2026-11-24T06:00:01Z', value, tags: { phase: 'measure' } },
    }),
  )
const run = k6Json({ seed: 1, requests: 100 })
const lines = (...more: string[]) => `${run}${more.join('\n')}\n`
const compare = (base: string, other: string) =>
  compareFiles(base, other, { threshold: () => 0.05, only: [], seed: 1, warn: () => {} })

describe('two files of samples', () => {
  test('have their Gauges beside each other, and name what only one has', async () => {
    const queue = [define('queue', 'gauge'), ...samples('queue', 2, 6, 4)]
    const other = [define('other', 'gauge'), ...samples('other', 1)]
    const base = file('base.json', lines(...queue))
    const made = await compare(base, file('new.json', lines(...queue, ...other)))
    expect(made.rows.filter(({ metric }) => metric === 'queue')).toEqual([
      expect.objectContaining({ statistic: 'last', base: 4, new: 4, verdict: 'not judged' }),
      expect.objectContaining({ statistic: 'max', base: 6, new: 6 }),
    ])
    expect(made.notes.join('\n')).toMatch(/not compared, since only .*new\.json has it: other$/)
    expect(renderText(made)).toContain('2 not judged')
  })

  test('have http_req_failed only where every request is in it', async () => {
    const failed = [define('http_req_failed', 'rate'), ...samples('http_req_failed', 0, 1)]
    const sent = (...counts: number[]) => [
      define('http_reqs', 'counter'),
      ...samples('http_reqs', ...counts),
    ]
    const own = (...more: string[]) => run.replace(/.*llm_requests.*\n/g, '') + more.join('\n')
    const whole = file('whole.json', own(...failed, ...sent(1, 1)))
    const part = file('part.json', own(...failed, ...sent(1, 1, 1)))
    const names = async (a: string, b: string) =>
      (await compare(a, b)).rows.map(({ metric }) => metric)
    expect(await names(whole, whole)).toContain('http_req_failed')
    expect(await names(whole, part)).not.toContain('http_req_failed')
    // k6/x/sse: 100 streams are in llm_requests alone.
    const streams = file('streams.json', lines(...failed, ...sent(1, 1)))
    expect(await names(streams, streams)).not.toContain('http_req_failed')
  })

  test('of two runs in one file are refused', async () => {
    const later = k6Json({ seed: 2, requests: 50, start: '2026-11-24T09:00:00Z' })
    const two = file('two.json', run + later)
    await expect(compare(two, two)).rejects.toThrow(/2 runs: .*; a side is one run: give each/)
  })

  test('too small to tell are "not enough data", not "same"', async () => {
    const small = file('small.json', k6Json({ seed: 1, requests: 40, failing: 0 }))
    const made = await compare(
      small,
      file('small-2.json', k6Json({ seed: 2, requests: 40, failing: 0 })),
    )
    const count = (verdict: string) => made.rows.filter((row) => row.verdict === verdict).length
    expect(count('same')).toBeLessThan(count('not enough data'))
    expect(renderText(made)).toMatch(/^NOT ENOUGH DATA - /)
  })
})

test('samples of the preview carry its mark into every format and into a comparison', async () => {
  const path = join(directory, 'preview.json')
  const output = createJsonOutput(path, () => Date.parse('2026-11-24T06:00:00Z'))
  const metric: Metric = {
    name: 'llm_requests',
    type: 'counter',
    contains: 'default',
    sink: createSink('counter'),
    thresholds: [],
    parts: [],
    tags: [],
  }
  for (const time of [10, 20, 30]) output.sample(metric, 1, time, {})
  output.close()
  const about = { title: 't', generatedAt: '2026-11-25T00:00:00Z', version: '1' }
  const { report } = makeReport(await readSamples([path]), {
    ...about,
    locale: 'en',
    threshold: () => 0.05,
  })
  expect(report.preview).toBe(true)
  expect(report.gauges).toEqual([])
  expect(report.counters.map(({ count }) => count)).toEqual([3])
  for (const text of [renderMarkdown(report), renderHtml(report), renderJunit(report, 'en')]) {
    expect(text).toContain('PREVIEW, NOT K6')
  }
  expect((await compare(path, path)).notes.join()).toContain('is of the preview, not of k6')
})
