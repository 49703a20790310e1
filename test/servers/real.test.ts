import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examine } from '../../cli/doctor/examine.ts'
import { toText } from '../../cli/doctor/text.ts'
import { findTestedK6, PREVIEW } from '../../cli/find-k6.ts'
import { variant } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { findServer, type RealServer, SERVERS, versionOf } from './servers.ts'
import { type Running, startServer } from './start.ts'
import { type Tried, writeRow } from './table.ts'

const TESTS = ['load-test', 'streaming-test', 'comprehensive-test', 'model-management-test']

// Tokens are to be seen arriving, which needs k6/x/sse here; the preview has it too.
const k6 = findTestedK6().find((one) => one.streams) ?? PREVIEW

for (const server of SERVERS) {
  const found = findServer(server)
  if (typeof found === 'string') {
    describe.skip(`${server.name}: NOT TRIED, ${found} (test/servers/README.md)`, () => {
      test('is installed', () => undefined)
    })
  } else describe(server.name, () => tryServer(server, found))
}

function tryServer(server: RealServer, found: { program: string; needed: string }): void {
  const { key, model } = server
  const results = mkdtempSync(join(tmpdir(), 'k6-llm-servers-'))
  let running: Running
  let tried: Tried

  beforeAll(async () => {
    running = await startServer(server, found)
    tried = {
      server: server.name,
      version: await versionOf(server, found.program, running.url),
      date: new Date().toISOString().slice(0, 10),
      k6: k6.kind === 'preview' ? 'preview' : k6.version,
      doctor: '–',
      tests: '–',
      errors: '–',
      tokens: '–',
    }
  })
  afterAll(async () => {
    rmSync(results, { recursive: true, force: true })
    await running?.stop()
    if (tried) writeRow(tried)
  })

  const run = (script: string, env: Record<string, string> = {}): Promise<K6Run> =>
    runK6(k6, variant(k6, script), {
      env: {
        BASE_URL: running.url,
        ...(key ? { API_TOKEN: key } : {}),
        // What is judged here is that the tests can be run, not how fast this machine is.
        RESPONSE_TIME_P95: '600000',
        TTFT_THRESHOLD: '600000',
        RESULTS_DIR: results,
        ...env,
      },
      args: ['--log-format', 'raw'],
    })

  test('doctor finds it fit for a test', async () => {
    const { url } = running
    const result = await examine({ url, token: key, requests: 2, tokens: 16, timeout: 120_000 })
    const faults = result.findings.filter((one) => one.level === 'fail')
    tried.doctor = faults.length === 0 ? `${result.server.name}` : `✗ ${faults[0]?.check}`
    expect(faults, toText(result)).toEqual([])
    expect(result.server.models).toContain(model)
  })

  test('what it must refuse is a failure with its words', async () => {
    const { code, output } = await run('test/servers/scripts/errors.js')
    expect(code, output).toBe(EXIT.ok)
    const made = output
      .split('\n')
      .filter((line) => line.startsWith('MADE '))
      .map((line) => JSON.parse(line.slice(5)))
    const of = (name: string) => made.filter((one) => one.name === name)
    expect(of('good').map(({ ok }) => ok)).toEqual([true, true])
    const wanted: [string, number[]][] = [['request', [400, 422, 500]]]
    if (server.unknownModel) wanted.push(['model', server.unknownModel])
    if (key) wanted.push(['key', [400, 401, 403]])
    const right = wanted.filter(([name, statuses]) =>
      of(name).every(({ ok, status, error }) => !ok && statuses.includes(status) && error.message),
    )
    const all = wanted.map(([name]) => name)
    tried.errors = right.length === all.length ? all.join(', ') : `${right.length} of ${all.length}`
    expect(
      right.map(([name]) => name),
      JSON.stringify(made),
    ).toEqual(all)
  })

  test('tokens are those that it counted itself', async () => {
    const before = await running.counters()
    const { code, output, values } = await run('examples/load-test.js', {
      TEST_DURATION: '20s',
      MAX_VUS: '4',
    })
    // Too few questions of one size are a goal without samples, which is no matter here.
    expect([EXIT.ok, EXIT.thresholds], output).toContain(code)
    const after = await running.counters()
    const sum = (metric: string) => values(metric).reduce((all, value) => all + value, 0)
    const [prompt, completion] = [sum('llm_prompt_tokens'), sum('llm_completion_tokens')]
    expect(completion).toBeGreaterThan(0)
    if (!before || !after) return
    const counted = [after.prompt - before.prompt, after.completion - before.completion]
    tried.tokens = `in ${prompt} / ${counted[0]}, out ${completion} / ${counted[1]}`
    expect([prompt, completion], 'tokens in and out').toEqual(counted)
  })

  test('the four tests come to their end, and nothing fails', async () => {
    const ended: string[] = []
    for (const name of TESTS) {
      const { output, values } = await run(`examples/${name}.js`, {
        TEST_DURATION: '20s',
        MAX_VUS: '4',
        SWITCH_PAUSE: '0.5',
      })
      const good = values('checks').length > 0 && !values('llm_failed').includes(1)
      if (good && /^(PASS|FAIL) - /m.test(output)) ended.push(name)
      else tried.tests = `✗ ${name}`
      expect(good, `${name}: ${output}`).toBe(true)
    }
    tried.tests = `${ended.length} of ${TESTS.length}`
  })
}
