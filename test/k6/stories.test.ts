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
