import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { thresholds } from '../../../../cli/compare/threshold.ts'
import { figuresOf } from '../../../../cli/report/figures.ts'
import { makeReport } from '../../../../cli/report/make.ts'
import { sweepParts } from '../../../../cli/report/sweep.ts'
import { sweepOf } from '../../../../cli/report/sweep-figures.ts'
import { fromDocument } from '../../../../cli/report/thresholds.ts'
import { readSamples } from '../../../../cli/samples/read.ts'
import { renderHtml } from '../../../../src/report/html.ts'
import { renderMarkdown } from '../../../../src/report/markdown.ts'
import { toReport } from '../../../../src/report/record.ts'
import { highestLoad, loadWasThere } from '../../../../src/report/sweep-rules.ts'
import { renderText } from '../../../../src/report/text.ts'
import { sweep } from '../../../../src/workload/sweep.ts'
import { k6Json } from '../../../support/k6-json.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-sweep-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** 30 s of each rate, one after the other, each so many times slower than 300 ms to the first token. */
async function run(slower: Record<number, number>) {
  const plan = sweep({
    rates: Object.keys(slower).map(Number),
    stepDuration: '30s',
    sla: { name: 'chat', ttft: { p95: 1000 } },
    streaming: true,
  })
  const files = plan.steps.map(({ load, step, start }, i) => {
    const path = join(directory, `${load}-${slower[load]}.json`)
    const samples = k6Json({
      seed: i + 1,
      requests: load * 30,
      rate: load,
      slower: slower[load] ?? 1,
      start: new Date(Date.UTC(2026, 10, 24) + start).toISOString(),
      tags: { step },
    })
    writeFileSync(path, samples)
    return path
  })
  const expressions = Object.entries(plan.thresholds).map(([name, list]) => [
    name,
    list.map((one) => (typeof one === 'string' ? one : one.threshold)),
  ])
  const given: Record<string, string[]> = Object.fromEntries(expressions)
  const reading = await readSamples(files, { thresholds: given })
  const { data } = figuresOf(reading.samples, { durationMs: plan.duration, given })
  const context = { title: 'sweep', generatedAt: '2026-11-24T00:00:00Z', sweep: plan }
  return { samples: reading.samples, reading, report: toReport(data, context) }
}

const goals = ['llm_ttft:p(95)<1000']

describe('a sweep that passes at 5, misses at 10 and passes at 15', () => {
  const sweeping = run({ 5: 1, 10: 6, 15: 1 })

  test('has one highest load, in k6’s summary and from its samples', async () => {
    const { samples, report } = await sweeping
    expect(report.sweep?.steps.map(({ meets }) => meets)).toEqual(['yes', 'no', 'yes'])
    expect(report.sweep).toMatchObject({ highest: 5, lowestMissed: 10, passedAbove: [15] })
    const read = sweepOf(samples, { goals })
    const load = (i: number | undefined) => read?.rows[i ?? -1]?.load.load
    expect(load(read?.highest)).toBe(report.sweep?.highest)
    expect(load(read?.lowestMissed)).toBe(report.sweep?.lowestMissed)
    expect(read?.passedAbove.map(load)).toEqual(report.sweep?.passedAbove)
  })

  test('says in words that 15 passed above the miss, and does not count it', async () => {
    const { samples, report } = await sweeping
    for (const text of [renderText(report), renderMarkdown(report), renderHtml(report)]) {
      const words = text.replace(/\s+/g, ' ')
      expect(words).toContain('Highest step that meets the SLA: 5 requests/s.')
      expect(words).toContain(
        '15 requests/s meets it too, but 10 requests/s below does not, or is not known to: not',
      )
    }
    expect(renderText(report, { locale: 'ko' }).replace(/\s+/g, ' ')).toContain(
      '더 높은 초당 15건도 충족하지만 그 아래 초당 10건에서 미달이거나 확인되지 않아',
    )
    expect(sweepParts(samples, { goals }).tables[0]?.note).toMatchObject({
      en: expect.stringMatching(
        /with all below it: rate=5 \(in .* resamples\)\. rate=15 meets them too, though rate=10 does not: not counted/,
      ),
      ko: expect.stringMatching(/: rate=5 \(.*\)\. 더 높은 rate=15도 충족했지만 rate=10에서 미달/),
    })
  })

  test('has the answer of the run’s own report where that is given', async () => {
    const { reading, report } = await sweeping
    const { report: made } = makeReport(reading, {
      title: 'again',
      generatedAt: '2026-11-24T00:00:00Z',
      version: '0',
      locale: 'en',
      threshold: thresholds([]),
      given: fromDocument(JSON.parse(JSON.stringify(report))),
    })
    expect(made.sweep).toEqual(report.sweep)
    const table = made.tables?.find(({ id }) => id === 'sweep-load')
    expect(table?.rows.map((row) => row[7])).toMatchObject([
      { en: 'met' },
      { en: 'missed' },
      { en: 'met' },
    ])
    expect(table?.note).toMatchObject({
      en: expect.stringMatching(/^Judged by chat, .* with all below it: rate=5\. rate=15 meets/),
    })
  })
})

test('where not even the lowest load passes there is no highest, whatever passes above', async () => {
  const { samples, report } = await run({ 5: 6, 10: 1 })
  expect(report.sweep).not.toHaveProperty('highest')
  expect(sweepOf(samples, { goals })).not.toHaveProperty('highest')
  expect(sweepParts(samples, { goals }).tables[0]?.note).toMatchObject({
    en: expect.stringMatching(/^The lowest load does not meet the goals: rate=5\. rate=10 meets/),
  })
})

describe('the rules of a sweep', () => {
  const step = (load: number, passed: boolean) => ({ load, passed })

  test.each([
    [[], { passedAbove: [] }],
    [[step(2, true), step(4, true)], { highest: 4, passedAbove: [] }],
    [[step(4, false), step(2, true)], { highest: 2, lowestMissed: 4, passedAbove: [] }],
    [[step(2, false)], { lowestMissed: 2, passedAbove: [] }],
    // A load that came again must hold each time.
    [[step(2, true), step(4, true), step(2, false)], { lowestMissed: 2, passedAbove: [4] }],
    [
      [step(16, true), step(2, true), step(4, false), step(8, true), step(8, true)],
      { highest: 2, lowestMissed: 4, passedAbove: [8, 16] },
    ],
  ])('%j', (steps, answer) => {
    expect(highestLoad(steps)).toEqual(answer)
  })

  test.each([
    ['all of it', { requests: 300, dropped: 0 }, true],
    ['95 %', { requests: 285, dropped: 0 }, true],
    ['less', { requests: 284, dropped: 0 }, false],
    ['one dropped is no loss', { requests: 299, dropped: 1 }, true],
    ['over 1 % dropped', { requests: 290, dropped: 10 }, false],
  ])('the load of a rate: %s', (_what, got, there) => {
    expect(loadWasThere({ kind: 'rate', load: 10, window: 30_000, ...got })).toBe(there)
  })

  test('users ask for no number', () => {
    const got = { kind: 'users', load: 8, window: 30_000, requests: 3, dropped: 0 } as const
    expect(loadWasThere(got)).toBe(true)
  })
})
