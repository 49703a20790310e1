import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/report/record.ts'
import { isStock, onEachK6, variant } from '../support/each-k6.ts'
import { startTestRelay, type TestRelay } from '../support/relay.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-ending-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Our report, without k6's own lines before it. */
const printed = (output: string) => output.slice(output.search(/^(PASS|FAIL|INTERRUPTED) - /m))

onEachK6('a run that ends otherwise than planned', (k6) => {
  let simulator: Simulator
  let relay: TestRelay
  beforeAll(async () => {
    simulator = await startSimulator(
      ...['--flavor', 'vllm', '--ttft', '20', '--itl', '5', '--tokens', '2000'],
    )
    relay = await startTestRelay([simulator.url])
  })
  afterAll(async () => {
    await relay.stop()
    await simulator.stop()
  })

  /** @param seen a text after which it is interrupted */
  async function run(what: string, seen?: string, env: Record<string, string> = {}) {
    const results = mkdtempSync(join(directory, `${what}-`))
    const made = await runK6(k6, variant(k6, 'test/k6/scripts/ending.js'), {
      env: { BASE_URL: simulator.url, RESULTS_DIR: results, CASE: what, ...env },
      ...(seen && {
        async during(running) {
          await running.seen(seen)
          running.kill('SIGINT')
        },
      }),
    })
    const file = (ending: string) => {
      const name = readdirSync(results).find((name) => name.endsWith(ending))
      return readFileSync(join(results, name as string), 'utf8')
    }
    const report = JSON.parse(file('.json')) as Report
    const count = (metric: string) => made.values(metric).length
    return { ...made, report, file, started: count('llm_started'), ended: count('llm_requests') }
  }

  test('interrupted, bound by time: neither PASS nor FAIL, in every format', async () => {
    const { code, output, report, file, started, ended } = await run('time', 'answered')
    expect(code).toBe(EXIT.interrupted)
    expect(report.verdict).toBe('interrupted')
    expect(report.ending).toMatchObject({ by: 'interruption', plannedMs: 30_000 })
    expect(report.ending?.ranMs).toBeLessThan(29_000)
    expect(output).toMatch(/^INTERRUPTED - ending: stopped after \S+ of 30s/m)
    for (const text of [printed(output), file('.md'), file('.html')]) {
      expect(text).toMatch(/INTERRUPTED/)
      expect(text).not.toMatch(/PASS|FAIL |gracefulStop/)
    }
    expect(ended).toBeGreaterThan(0)
    expect(started).toBeGreaterThanOrEqual(ended)
    expect(report.validity.reasons.map(({ kind }) => kind)).not.toContain('unfinished')
  })

  test('interrupted after a setup that took longer than the scenario plans to run', async () => {
    const { code, report } = await run('setup', 'answered')
    expect(code).toBe(EXIT.interrupted)
    expect(report.durationMs).toBeGreaterThan(2500)
    expect(report.verdict).toBe('interrupted')
    expect(report.ending?.ranMs).toBeLessThan(1980)
  })

  test('interrupted, bound by iterations', async () => {
    const { code, output, report } = await run('count', 'answered')
    expect(code).toBe(EXIT.interrupted)
    expect(report.verdict).toBe('interrupted')
    expect(report.ending).toMatchObject({ by: 'interruption', planned: 20 })
    expect(output).toMatch(/^INTERRUPTED - ending: stopped after \d+ of 20 iterations/m)
  })

  test('iterations that are done before their time are no interruption; all that began ended', async () => {
    const { code, output, report, started, ended } = await run('few')
    expect(code).toBe(EXIT.ok)
    expect(report.verdict).toBe('pass')
    expect(report).not.toHaveProperty('ending')
    expect([started, ended]).toEqual([4, 4])
    expect(output).not.toMatch(/cut off/)
  })

  test('requests that gracefulStop cuts off are counted, with what would have let them end', async () => {
    const { code, output, report, started, ended } = await run('cut')
    expect(code).toBe(EXIT.ok)
    expect([started, ended]).toEqual([4, 3])
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: 'cut', count: 1, total: 4, longest: expect.any(Number) }),
    )
    expect(report.validity.state).toBe('invalid')
    expect(report.validity.reasons).toContainEqual({
      kind: 'cut',
      level: 'invalid',
      value: 0.25,
      limit: 0.05,
      count: 1,
      total: 4,
    })
    expect(report).not.toHaveProperty('ending')
    expect(printed(output).replace(/\s+/g, ' ')).toMatch(
      /1 of 4 requests \(25\S* %\) were cut off .* a gracefulStop .* took \d/,
    )
  })

  test('where all are cut off it does not say that none was sent', async () => {
    const { output, report, started, ended } = await run('all')
    expect([started, ended]).toEqual([4, 0])
    expect(report.validity.state).toBe('invalid')
    expect(report.validity.reasons[0]).toMatchObject({ kind: 'cut', count: 4, total: 4 })
    expect(output).not.toMatch(/no request was sent/)
  })

  test('what abortOnFail ends is FAIL, by that threshold, without advice on gracefulStop', async () => {
    const { code, output, report } = await run('abort')
    expect(code).toBe(EXIT.thresholds)
    expect(report.verdict).toBe('fail')
    expect(report.ending).toMatchObject({
      by: 'threshold',
      thresholds: ['llm_requests: count<1'],
      plannedMs: 30_000,
    })
    expect(output.replace(/\s+/g, ' ')).toMatch(
      /FAIL - ending: 1 of 2 goals not met; ended after .* of 30s by abortOnFail of llm_requests: count<1/,
    )
    expect(printed(output)).not.toMatch(/gracefulStop|INTERRUPTED/)
  })

  test('what the library ends for wrong use is FAIL, by that', async () => {
    const { code, output, report, values } = await run('misuse')
    expect(code).toBe(EXIT.aborted)
    expect(values('llm_test_aborted').length).toBeGreaterThan(0)
    expect(report.verdict).toBe('fail')
    expect(report.ending?.by).toBe('library')
    expect(output).toMatch(/^FAIL - ending: .*ended .*by k6-llm itself/m)
  })

  describe('through the relay', () => {
    test.runIf(isStock(k6))('the same counts', async () => {
      const env = { LLM_RELAY: relay.url }
      const { report, started, ended } = await run('cut', undefined, env)
      expect([started, ended]).toEqual([4, 3])
      expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'cut', count: 1 }))
      const whole = await run('few', undefined, env)
      expect([whole.started, whole.ended, whole.report.verdict]).toEqual([4, 4, 'pass'])
    })
  })
})
