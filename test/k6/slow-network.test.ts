import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

onEachK6('a slow network', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-mobile-'))
  let simulator: Simulator
  beforeAll(async () => {
    const way = '--bandwidth 200kbit --latency 200 --jitter 0.2'.split(' ')
    const times = '--ttft 50 --itl 5 --tokens 30'.split(' ')
    simulator = await startSimulator('--flavor', 'vllm', ...times, ...way)
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('mobile-network: both ways are measured, and the slow one takes its round trips', async () => {
    const run = await runK6(k6, variant(k6, 'examples/mobile-network.js'), {
      env: {
        BASE_URL: simulator.url,
        FAST_URL: simulator.direct,
        API: 'openai-chat',
        MODEL: 'sim-7b',
        RESULTS_DIR: directory,
        TEST_DURATION: '4s',
        MAX_VUS: '2',
      },
    })
    expect(run.output).not.toMatch(/level=(error|warning)|Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    const least = (metric: string, network: string) => Math.min(...run.values(metric, { network }))
    const metric = k6.streams ? 'llm_ttft' : 'llm_request_duration'
    // 200 ms a round trip at ± 20 %, of which the server knows nothing.
    expect(least(metric, 'mobile') - least(metric, 'fast')).toBeGreaterThan(150)
    for (const entry of await simulator.requests()) {
      const first = entry.sentAt[entry.kinds.indexOf('token')] ?? entry.sentAt[0] ?? 0
      expect(first - entry.receivedAt).toBeLessThan(k6.streams ? 150 : 500)
    }
  }, 240_000)
})
