import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

onEachK6('the smaller examples', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-stories-'))
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator(
      '--flavor',
      'vllm',
      '--ttft',
      '20',
      '--itl',
      '2',
      '--tokens',
      '30',
    )
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  const env = (more = {}) => ({
    BASE_URL: simulator.url,
    API: 'openai-chat',
    MODEL: 'sim-7b',
    RESULTS_DIR: directory,
    ...more,
  })

  test('conversation: the history grows from turn to turn', async () => {
    await simulator.clear()
    const run = await runK6(k6, variant(k6, 'examples/conversation.js'), {
      env: env({ TEST_DURATION: '8s', MAX_VUS: '2' }),
    })
    expect(run.output).not.toMatch(/level=(error|warning)/)
    expect(run.code).toBe(EXIT.ok)
    const lengths = new Set((await simulator.requests()).map((r) => r.body.messages?.length))
    expect(lengths).toEqual(new Set([2, 4, 6]))
    expect(run.values('llm_requests', { turn: '1', cache_state: 'cold' }).length).toBeGreaterThan(0)
    expect(run.values('llm_requests', { turn: '3', cache_state: 'warm' }).length).toBeGreaterThan(0)
    expect(run.values('llm_requests', { turn: '2', cache_state: 'cold' })).toEqual([])
  })

  test('tools: a call is answered and the model goes on', async () => {
    await simulator.clear()
    const run = await runK6(k6, variant(k6, 'examples/tools.js'), { env: env() })
    expect(run.output).not.toMatch(/level=(error|warning)/)
    expect(run.code).toBe(EXIT.ok)
    expect(run.values('tool_rounds').length).toBeGreaterThanOrEqual(6)
    const kept = await simulator.requests()
    expect(
      kept.some((r) => r.body.messages?.some((m) => (m as { role?: string }).role === 'tool')),
    ).toBe(true)
    // A call without text is output all the same: it has a TTFT and no TTFO.
    if (k6.streams) {
      expect(run.values('llm_ttft').length).toBe(kept.length)
      expect(run.values('llm_ttfo').length).toBeLessThan(kept.length)
    }
  })

  test('definitions: recordings become the table of six tools', async () => {
    const file = join(directory, 'recordings.log')
    const run = await runK6(k6, variant(k6, 'examples/definitions.js'), {
      env: env(),
      args: ['--console-output', file, '--log-format', 'raw'],
    })
    if (!k6.streams) {
      expect(run.code).toBe(EXIT.aborted)
      expect(run.output).toContain('without k6/x/sse no token is seen arriving')
      return
    }
    expect(run.code, run.output).toBe(EXIT.ok)
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{')).length,
    ).toBe(5)
    const table = execFileSync('node', ['bin/k6-llm.js', 'definitions', '--json', file], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(table).toContain('vllm')
    const text = execFileSync('node', ['bin/k6-llm.js', 'definitions', file], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(text).toMatch(/^TTFT p50 +\d/m)
    expect(text).toMatch(/^requests +5 /m)
  })
})

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

onEachK6('a server that we did not write', (k6) => {
  let server: Server
  let url: string
  beforeAll(async () => {
    // Its package has no export of its own for this; the command would need a port beforehand.
    const require = createRequire(import.meta.url)
    const { createServer } = require('@dwmkerr/mock-llm/dist/server.js')
    const { getDefaultConfig } = require('@dwmkerr/mock-llm/dist/config.js')
    vi.spyOn(console, 'log').mockImplementation(() => {}) // it tells of every request
    const config = { ...getDefaultConfig(), streaming: { chunkSize: 4, chunkIntervalMs: 20 } }
    server = createServer(config, '127.0.0.1', 0).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    vi.restoreAllMocks()
    server.close()
  })

  test('is read as it speaks: its echo, its end, no usage', async () => {
    const run = await runK6(k6, variant(k6, 'test/k6/scripts/echo.js'), {
      env: { BASE_URL: url },
      args: ['--log-format', 'raw'],
    })
    expect(run.code, run.output).toBe(EXIT.ok)
    const lines = run.output.split('\n').filter((line) => line.startsWith('MADE '))
    const [stream, whole] = lines.map((line) => JSON.parse(line.slice(5)))
    const text = 'the same words come back'
    expect(stream).toMatchObject({ ok: true, text, finishReason: 'stop', usage: {}, chunks: 6 })
    expect(whole).toMatchObject({ ok: true, text, finishReason: 'stop' })
    expect(run.values('llm_completion_tokens').length).toBeLessThanOrEqual(1)
    if (!k6.streams) return
    expect(stream.timing.gaps).toHaveLength(5)
    expect(stream.timing.tpot).toBeUndefined() // without usage there is none
  })
})
