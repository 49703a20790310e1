import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** Eight answers together, 10 ms and 1 ms for each: about 14.6 answers of 30 tokens in a second. */
const BATCH = '--max-num-seqs 8 --step-base 10 --step-per-seq 1 --tokens 30'.split(' ')

onEachK6('users who leave and come again', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-overload-'))
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', ...BATCH)
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('overload: they are counted, each attempt is a request, and the service is itself again', async () => {
    // The preview has 50 VUs in all.
    const much = k6.name === 'preview' ? 22 : 30
    const run = await runK6(k6, variant(k6, 'examples/overload.js'), {
      env: {
        BASE_URL: simulator.url,
        API: 'openai-chat',
        MODEL: 'sim-7b',
        RESULTS_DIR: directory,
        RATES: `4,${much},4`,
        STEP_DURATION: '6s',
        // What the overload left behind is gone by then.
        STEP_WARMUP: '3s',
        ANSWER_TIME: '2s',
        PATIENCE: '1500ms',
      },
    })
    expect(run.output).not.toMatch(/Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    const { values } = run
    const abandoned = values('llm_abandoned').length
    expect(values('llm_abandoned', { step: `rate=${much}` }).length).toBeGreaterThan(10)
    expect(values('llm_errors', { error_type: 'abandoned' }).length).toBe(abandoned)
    // The first and last steps are within capacity.
    expect(values('llm_abandoned', { step: 'rate=4' })).toEqual([])
    const failed = values('llm_failed').filter((value) => value === 1).length
    expect(failed).toBeGreaterThanOrEqual(abandoned)
    const kept = await simulator.requests()
    expect(values('llm_requests').length).toBe(kept.length)
    // Who leaves makes room: the server saw them go.
    expect(kept.filter((entry) => entry.closedByClient).length).toBeGreaterThan(abandoned * 0.9)
    expect(values('llm_retries')).toEqual([])
  }, 240_000)

  test('overload: what the server refuses is sent again, within the attempts', async () => {
    await simulator.clear()
    await simulator.configure({ fault: { '429:1': 0.3 }, seed: 1 })
    const run = await runK6(k6, variant(k6, 'examples/overload.js'), {
      env: {
        BASE_URL: simulator.url,
        API: 'openai-chat',
        MODEL: 'sim-7b',
        RESULTS_DIR: directory,
        RATES: '5',
        STEP_DURATION: '5s',
        STEP_WARMUP: '500ms',
        PATIENCE: '30s',
        ERROR_RATE_THRESHOLD: '0.3',
      },
    })
    await simulator.configure({ fault: {} })
    expect(run.output).not.toMatch(/Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    const { values } = run
    const kept = await simulator.requests()
    const refused = kept.filter((entry) => entry.status === 429).length
    expect(refused).toBeGreaterThan(3)
    expect(values('llm_requests').length).toBe(kept.length)
    expect(values('llm_failed').filter((value) => value === 1).length).toBe(refused)
    const again = values('llm_retries').length
    expect(again).toBeGreaterThan(3)
    expect(values('llm_requests', { attempt: '1' }).length).toBe(kept.length - again)
    // Every question has one last attempt.
    expect(values('llm_requests', { final: 'yes' }).length).toBe(kept.length - again)
  }, 240_000)
})
