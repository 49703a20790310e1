import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SweepReport } from '../../src/report/sweep.ts'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** Eight answers together, 10 ms and 1 ms for each: about 14.6 answers of 30 tokens in a second. */
const BATCH = '--max-num-seqs 8 --step-base 10 --step-per-seq 1 --tokens 30'.split(' ')

onEachK6('sweeps', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-sweep-'))
  let simulator: Simulator
  let capacity: number
  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', ...BATCH)
    const reply = await fetch(`${simulator.url}/__sim/capacity?input=15`)
    capacity = ((await reply.json()) as { requestsPerSecond: number }).requestsPerSecond
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function run(script: string, more: Record<string, string>) {
    const results = mkdtempSync(join(directory, 'run-'))
    const made = await runK6(k6, variant(k6, script), {
      env: {
        BASE_URL: simulator.url,
        API: 'openai-chat',
        MODEL: 'sim-7b',
        RESULTS_DIR: results,
        ...more,
      },
    })
    const [file] = readdirSync(results)
    const report = JSON.parse(readFileSync(join(results, file as string), 'utf8'))
    return { ...made, verdict: report.verdict, sweep: report.sweep as SweepReport }
  }

  test('the highest rate that meets the SLA is the capacity of the server, and the run ends there', async () => {
    await simulator.clear()
    const shares = [0.5, 0.8, 0.94, 1.25, 1.5, 2]
    const rates = shares.map((share) => Math.round(capacity * share * 10) / 10)
    const { code, output, sweep, values } = await run('examples/sweep.js', {
      RATES: rates.join(','),
      STEP_DURATION: '7s',
      STEP_WARMUP: '2s',
      ANSWER_TIME: '700ms',
      // At capacity an answer takes 30 steps of 18 ms, and its first token two at most.
      RESPONSE_TIME_P95: '900',
      TTFT_THRESHOLD: '350',
    })
    expect(output).not.toMatch(/level=warning(?!.*(Insufficient VUs|Request Failed))|Uncaught/)
    // 94 % holds, 125 % does not: within 10 % of the formula, as near as the steps are.
    expect(sweep.highest).toBe(rates[2])
    expect(Math.abs((sweep.highest as number) / capacity - 1)).toBeLessThan(0.1)
    expect(sweep.stopped?.step).toMatch(new RegExp(`^rate=(${rates[3]}|${rates[4]}|${rates[5]})$`))
    expect(code).toBe(EXIT.thresholds)
    expect(output).toContain(`Highest step that meets the SLA: ${rates[2]} requests/s.`)
    expect(output).toMatch(/stopping test prematurely/)

    // Every request has its step, and the ones of its beginning are not measured.
    const requests = values('llm_requests').length
    expect(values('llm_requests', { step: `rate=${rates[0]}` }).length).toBe(
      values('llm_requests', { scenario: `step1_rate_${String(rates[0]).replace('.', '_')}` })
        .length,
    )
    const warm = values('llm_requests', { phase: 'warmup', step: `rate=${rates[0]}` }).length
    const measured = values('llm_requests', { phase: 'measure', step: `rate=${rates[0]}` }).length
    expect(warm / (warm + measured)).toBeCloseTo(2 / 7, 1)
    expect(sweep.steps[0]?.requests).toBe(measured)
    expect(requests).toBeGreaterThan(100)
  }, 240_000) // k6 0.47 alone takes half a minute to start on a busy machine

  test('steps of users that are no end: exit code 0, or 99 where the step that must hold does not', async () => {
    const users = { CONCURRENCY: '1,4', STEP_DURATION: '3s', STEP_WARMUP: '500ms' }
    const free = await run('examples/sweep.js', users)
    expect(free.code).toBe(EXIT.ok)
    expect(free.verdict).toBe('pass')
    expect(free.sweep.highest).toBe(4)
    expect(free.output).toMatch(/users=4 +\d+/)
    const limits = { RESPONSE_TIME_P95: '100', TTFT_THRESHOLD: '5', AT_LEAST: '4' }
    const must = await run('examples/sweep.js', { ...users, ...limits })
    expect(must.code).toBe(EXIT.thresholds)
    expect(must.verdict).toBe('fail')
    expect(must.sweep).not.toHaveProperty('highest')
  }, 240_000)
})
