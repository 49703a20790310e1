import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTestedK6 } from '../../cli/find-k6.ts'
import type { Certificate } from '../../src/report/certificate.ts'
import type { Validity } from '../../src/report/validity.ts'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-validity-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

onEachK6('a run that watches itself', (k6) => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '5')
  })
  afterAll(() => simulator.stop())

  async function run(env: Record<string, string>) {
    const results = mkdtempSync(join(directory, 'run-'))
    const made = await runK6(k6, variant(k6, 'test/k6/scripts/validity.js'), {
      env: { BASE_URL: simulator.url, RESULTS_DIR: results, ...env },
    })
    const [file] = readdirSync(results)
    const report = JSON.parse(readFileSync(join(results, file as string), 'utf8'))
    return { ...made, validity: report.validity as Validity }
  }

  test('is valid when it kept up: lag, connection and a sample of the gaps are there', async () => {
    const { code, output, validity, values } = await run({ GATE: 'yes' })
    expect(output).not.toMatch(/level=(error|warning)/)
    expect(code).toBe(EXIT.ok)
    // 20 wakings of the scenario, one pause of setup.
    expect(values('llm_client_lag')).toHaveLength(21)
    expect(values('llm_client_lag', { scenario: 'lag' })).toHaveLength(20)
    expect(Math.min(...values('llm_client_lag'))).toBeGreaterThan(0)
    expect(values('llm_connect')).toHaveLength(1)
    expect(values('http_req_failed', { name: 'connect' })).toEqual([])
    const gaps = values('llm_chunks_per_request').reduce((sum, chunks) => sum + chunks - 1, 0)
    if (k6.streams) {
      // One in ten; of each user up to ten more gaps are in a block that has not ended.
      expect(values('llm_itl').length).toBeGreaterThan(gaps / 10 - 11)
      expect(values('llm_itl').length).toBeLessThan(gaps / 10 + 11)
    } else expect(values('llm_itl')).toEqual([])
    // A machine that is busy with other work is late, and says so.
    const lag = validity.lag as number
    expect(validity.state).toBe(lag > 50 ? 'invalid' : lag > 5 ? 'suspect' : 'valid')
    expect(output).toMatch(
      /^PASS - validity: .*\n(valid|suspect|invalid): client lag p99 [\d.]+ ms/m,
    )
  })

  test('too few users at a rate: invalid, and the thresholds fail it', async () => {
    const { code, output, validity } = await run({ USERS: '1', GATE: 'yes' })
    expect(code).toBe(EXIT.thresholds)
    expect(validity.state).toBe('invalid')
    expect(validity.reasons).toContainEqual(
      expect.objectContaining({ kind: 'dropped', level: 'invalid', limit: 0.01 }),
    )
    expect(output).toMatch(/^invalid: .*\d+ of \d+ iterations were dropped/m)
    expect(output).toMatch(/✗ dropped iterations {scenario:load} +\d+ +goal == 0/)
  })
})

describe('calibrate', () => {
  const main = fileURLToPath(new URL('../../bin/k6-llm.js', import.meta.url))
  const calibrate = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'calibrate', ...args], { encoding: 'utf8', timeout: 60_000 })
  const engines = findTestedK6()
  const streaming = engines.filter((k6) => k6.streams)[0]
  const stock = engines.filter((k6) => !k6.streams)[0]

  test.each([
    [stock, ['relay']],
    [streaming, ['relay', 'k6/x/sse']],
  ] as const)('prints the errors of 5 streams and writes a certificate: %o', (engine, ways) => {
    if (engine === undefined) return expect(engines).not.toContain(engine)
    const out = join(directory, 'certificate.json')
    const run = calibrate('--streams', '5', '--rate', '20', '--k6', engine.path, '--out', out)
    const loads = ways.flatMap((way) => ['', ', all at once'].map((start) => ({ way, start })))
    expect(run.stderr).toBe(
      loads.map(({ way, start }) => `${way}: 5 streams of 20 tokens/s${start} …\n`).join(''),
    )
    expect(run.status).toBe(0)
    expect(run.stdout).toMatch(/^ +spread +5 +100( +[\d.]+){3} +\d+( +[\d.]+){3} +\d+ +[\d.]+/m)
    expect(run.stdout).toMatch(
      /^relay, starts at once: p99 of both errors stays under 5 ms (up to 5 streams|at none)/m,
    )
    const certificate = JSON.parse(readFileSync(out, 'utf8')) as Certificate
    expect(certificate).toMatchObject({
      schema: 'k6-llm/certificate@2',
      limit: 5,
      versions: { k6: engine.version },
      steps: loads.map(({ way, start }) => ({
        ...{ way, start: start === '' ? 'spread' : 'together' },
        ...{ streams: 5, rate: 20, lost: 0 },
      })),
    })
    const { ttft, gap } = certificate.steps[0] as Certificate['steps'][0]
    // Seven gaps in each stream of eight tokens.
    expect(ttft.count).toBeGreaterThanOrEqual(20)
    expect(gap.count).toBe(ttft.count * 7)
    // The errors are of the times, not of the pairing: a wrong pair would be off by 50 ms.
    expect(gap.p50).toBeLessThan(5)
    expect(ttft.p50).toBeLessThan(10)
  })

  test.skipIf(!stock)('--stream sse without the extension says so, and names the way out', () => {
    const run = calibrate('--stream', 'sse', '--k6', stock?.path as string)
    expect(run.status).toBe(3)
    expect(run.stderr).toMatch(/is without k6\/x\/sse .* the relay is measured, with any k6/)
  })
})
