import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const TESTS = ['load', 'streaming', 'comprehensive', 'model-management', 'throughput'] as const
type Name = (typeof TESTS)[number]

interface Written {
  schema: string
  verdict: string
  goals: { metric: string; ok: boolean }[]
}

onEachK6('the reference tests', (k6) => {
  const results = mkdtempSync(join(tmpdir(), 'k6-llm-results-'))
  const runs = {} as Record<Name, K6Run>
  const simulators = {} as Record<Name, Simulator>

  beforeAll(async () => {
    // Side by side, each against a gateway of its own: nothing here judges a time.
    await Promise.all(
      TESTS.map(async (name) => {
        const simulator = await startSimulator(
          '--ttft',
          '40',
          '--itl',
          '2',
          '--tokens',
          '60',
          '--load-time',
          '300',
        )
        simulators[name] = simulator
        const file = `examples/${name}-test.js`
        runs[name] = await runK6(k6, name === 'throughput' ? file : variant(k6, file), {
          env: {
            BASE_URL: simulator.url,
            TEST_EMAIL: 'test@example.com',
            TEST_PASSWORD: 'test123',
            // Long enough for some complex questions, which are one in five.
            TEST_DURATION: '15s',
            ...(name === 'throughput' ? {} : { MAX_VUS: '20' }),
            RESULTS_DIR: results,
            SWITCH_PAUSE: '0.5',
          },
        })
      }),
    )
  }, 120_000)
  afterAll(async () => {
    rmSync(results, { recursive: true, force: true })
    await Promise.all(Object.values(simulators).map((simulator) => simulator.stop()))
  })

  describe.each(TESTS)('%s-test', (name) => {
    test('passes, says so, and writes the same into its file', () => {
      const run = runs[name]
      expect(run.output).not.toMatch(/level=(error|warning)|Uncaught/)
      expect(run.code).toBe(EXIT.ok)
      expect(run.output).toMatch(/^PASS - .+ test: (\d+) of \1 goals met$/m)
      const file = readdirSync(results).find((f) => f.startsWith(`${name}-test-`)) as string
      const report = JSON.parse(readFileSync(join(results, file), 'utf8')) as Written
      expect(report.schema).toBe('k6-llm/report@1')
      expect(report.verdict).toBe('pass')
      expect(report.goals.length).toBeGreaterThan(2)
      expect(JSON.stringify(report)).not.toContain('token":"') // what setup() returned
    })

    test('every check passes, every request is counted and was sent once', async () => {
      const run = runs[name]
      expect(run.values('checks').length).toBeGreaterThan(0)
      expect(run.values('checks')).toEqual(run.values('checks').map(() => 1))
      const kept = await simulators[name].requests('/api/chat')
      if (name === 'model-management') return
      expect(run.values('llm_requests').length).toBe(kept.length)
      expect(run.values('llm_failed')).toEqual(kept.map(() => 0))
      const tokens = run.values('llm_completion_tokens').reduce((a, b) => a + b, 0)
      expect(tokens).toBe(kept.reduce((sum, r) => sum + r.completionTokens, 0))
    })
  })

  test('MAX_VUS bounds the users', () => {
    for (const name of ['load', 'streaming', 'comprehensive'] as const) {
      expect(Math.max(...runs[name].values('vus')), name).toBeLessThanOrEqual(20)
    }
    expect(Math.max(...runs['model-management'].values('vus'))).toBe(1)
  })

  test('streaming: TTFT is measured, or said not to be', () => {
    const run = runs.streaming
    if (k6.streams) {
      expect(run.values('llm_ttft').length).toBe(run.values('llm_requests').length)
      expect(run.output).toMatch(/✓ TTFT p95 /)
      return
    }
    expect(run.values('llm_ttft')).toEqual([])
    expect(run.values('llm_ttft_probe').length).toBeGreaterThan(0)
    expect(run.output).toContain('TTFT was not measured')
    expect(run.output).toContain('LLM_RELAY')
    expect(run.output).toMatch(/✓ TTFT \(estimate\) p95 /)
  })

  test('load: both sizes of question are judged by their own goals', () => {
    const { values } = runs.load
    const chat = values('llm_request_duration', { sla: 'chat' }).length
    const complex = values('llm_request_duration', { sla: 'complex' }).length
    expect(chat).toBeGreaterThan(0)
    expect(chat + complex).toBe(values('llm_request_duration').length)
  })

  test("comprehensive: the server's own figures are read", () => {
    const { values } = runs.comprehensive
    for (const metric of [
      'llm_server_running',
      'llm_server_waiting',
      'llm_server_kv_cache',
      'llm_server_gpu_memory',
    ]) {
      expect(values(metric).length, metric).toBeGreaterThan(0)
    }
  })

  test('model management: switches are measured, the first model is back', async () => {
    const { values } = runs['model-management']
    expect(values('llm_model_switch_duration').length).toBeGreaterThan(1)
    expect(values('llm_model_switch_failed')).toEqual(
      values('llm_model_switch_duration').map(() => 0),
    )
    expect((await simulators['model-management'].status()).current_profile).toBe('phi3-mini')
  })

  test('throughput: the rate is asked for, whatever the answers take', () => {
    const { values } = runs.throughput
    expect(values('llm_requests').length).toBeGreaterThanOrEqual(200)
    expect(values('dropped_iterations')).toEqual([])
  })
})
