import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

onEachK6('examples of traffic', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-traffic-'))
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '2')
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function example(file: string, more: Record<string, string> = {}) {
    await simulator.clear()
    const run = await runK6(k6, file, {
      env: {
        BASE_URL: simulator.url,
        API: 'openai-chat',
        MODEL: 'sim-7b',
        RESULTS_DIR: directory,
        TEST_DURATION: '3s',
        RATE: '6',
        ...more,
      },
    })
    expect(run.output).not.toMatch(/level=(error|warning)/)
    expect(run.code, run.output).toBe(EXIT.ok)
    return { run, kept: await simulator.requests() }
  }

  test('poisson: requests at their times, lengths that vary', async () => {
    const { run, kept } = await example(variant(k6, 'examples/poisson.js'))
    expect(run.values('llm_arrival_lag')).toHaveLength(kept.length)
    const bounds = kept.map(({ body }) => (body as { max_tokens?: number }).max_tokens)
    expect(new Set(bounds).size).toBeGreaterThan(kept.length / 2)
  })

  test('sessions: each is three turns, and its lag is counted once', async () => {
    const { run, kept } = await example('examples/sessions.js', { THINK: '0.1' })
    const sessions = run.values('iterations').length
    expect(kept).toHaveLength(3 * sessions)
    expect(run.values('llm_requests', { turn: '3' })).toHaveLength(sessions)
    expect(run.values('llm_arrival_lag')).toHaveLength(sessions)
    expect(run.output).toContain('{turn:3}')
  })

  test('ab-test: both sides are asked the same, and stand side by side', async () => {
    const { run, kept } = await example(variant(k6, 'examples/ab-test.js'))
    expect(run.output).toMatch(/^ {2}variant +A +B +B \/ A$/m)
    expect(run.values('llm_requests', { variant: 'A' })).toHaveLength(kept.length / 2)
    const times = new Map<string, number>()
    for (const { body } of kept) {
      const prompt = String(body.messages?.[0]?.content)
      times.set(prompt, (times.get(prompt) ?? 0) + 1)
    }
    expect([...times.values()]).toEqual([...times.values()].map(() => 2))
  })

  test('trace-replay: as many as the trace has, as long as it says', async () => {
    const { kept } = await example('examples/trace-replay.js', {
      SPEED: '10',
      TEST_DURATION: '1m',
    })
    const rows = readFileSync(join(root, 'examples/data/trace.jsonl'), 'utf8').trim().split('\n')
    const lengths = rows.map((row) => JSON.parse(row).output_length)
    expect(kept).toHaveLength(lengths.length)
    // The simulator keeps short bodies whole: those are in the order of the trace.
    const asked = kept.map(({ body }) => (body as { max_tokens?: number }).max_tokens)
    const whole = asked.filter((length) => length !== undefined)
    expect(whole.length).toBeGreaterThan(5)
    for (const length of whole) expect(lengths).toContain(length)
  })
})
