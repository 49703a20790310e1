import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/report/record.ts'
import { onEachK6, variant } from '../support/each-k6.ts'
import { schemaErrors } from '../support/report-schema.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const SECRETS = {
  API_TOKEN: 's3cret-t0ken',
  TEST_EMAIL: 'hidden@example.com',
  TEST_PASSWORD: 's3cret-passw0rd',
}

onEachK6('reports', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-reports-'))
  let simulator: Simulator
  const script = variant(k6, 'test/k6/scripts/reports.js')

  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'sglang', '--ttft', '40', '--itl', '2')
  })
  afterAll(async () => {
    await simulator.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  /** A run with its files, by ending. */
  async function report(name: string, env: Record<string, string> = {}, args: string[] = []) {
    const results = mkdtempSync(join(directory, name))
    const run = await runK6(k6, script, {
      env: { BASE_URL: simulator.url, RESULTS_DIR: results, ...SECRETS, ...env },
      args,
    })
    const files = readdirSync(results).sort()
    const read = (ending: string) =>
      readFileSync(join(results, files.find((file) => file.endsWith(ending)) as string), 'utf8')
    return { run, files, read }
  }

  describe('of one run in every format', () => {
    let made: Awaited<ReturnType<typeof report>>
    let json: Report
    beforeAll(async () => {
      made = await report('all')
      json = JSON.parse(made.read('.json'))
    }, 60_000)

    test('are files whose names sort, and the verdict of k6', () => {
      const { run, files } = made
      expect(run.output).not.toMatch(/level=(error|warning)|could not be made/)
      expect(run.code).toBe(EXIT.ok)
      expect(files.map((file) => file.replace(/\d{8}T\d{6}Z/, 'TIME'))).toEqual([
        'formats-b-TIME.html',
        'formats-b-TIME.json',
        'formats-b-TIME.md',
      ])
      expect(run.output).toMatch(/^PASS - Formats <b>: (\d+) of \1 goals met$/m)
      expect(json.verdict).toBe('pass')
      expect(made.read('.html')).toContain('<strong class="pass">PASS</strong>')
      expect(made.read('.md')).toMatch(/^\*\*PASS - Formats/m)
    })

    test('JSON fits its schema; what was seen of tokens is told', () => {
      expect(schemaErrors(json)).toEqual([])
      expect(json.streaming).toBe(k6.streams)
      expect(json.configuration).toEqual([{ name: 'BASE_URL', value: simulator.url }])
      const measured = json.latency.some((row) => row.metric === 'llm_ttft')
      expect(measured).toBe(k6.streams)
      expect(json.unmeasured.some((limit) => limit.limit === 'ttft.p95')).toBe(!k6.streams)
      const curves = json.latency.filter((row) => row.metric === 'llm_request_duration')
      expect(curves.map((row) => row.selector)).toEqual(['', 'model:org/<b>', 'model:org/a'])
      expect(curves[0]).toHaveProperty('p99.9')
    })

    test('agree on the figures', () => {
      const goal = json.goals.find(({ metric }) => metric === 'my_own_metric')
      expect(goal).toMatchObject({ value: 5, goal: 10, ok: true })
      const requests = json.counters.find(({ metric }) => metric === 'llm_requests')?.count
      expect(requests).toBe(24)
      expect(made.run.output).toMatch(/✓ my_own_metric p95 +5 +goal < 10/)
      expect(made.run.output).toMatch(/requests +24 /)
      expect(made.read('.md')).toContain('- **my\\_own\\_metric p95**: 5 (goal: \\< 10) ✅')
      expect(made.read('.md')).toContain('| requests | 24 |')
      expect(made.read('.html')).toMatch(/my_own_metric p95<\/th><td>5</)
      expect(made.read('.html')).toMatch(/requests<\/th><td class="r">24</)
    })

    test('have no secret, prompt or answer in them', () => {
      const all = [made.run.output, ...['.json', '.md', '.html'].map(made.read)].join('\n')
      for (const secret of [...Object.values(SECRETS), 'pr0mpt-text', 'Bearer']) {
        expect(all).not.toContain(secret)
      }
    })
  })

  test('in Korean', async () => {
    const { run, read } = await report('ko', { LOCALE: 'ko' })
    expect(run.output).toMatch(/^PASS - Formats <b>: 목표 \d+개 모두 달성$/m)
    expect(read('.md')).toContain('### ✅ 달성 목표')
    expect(read('.html')).toContain('<html lang="ko">')
  })

  test('say what k6 did not record', async () => {
    const { run, read } = await report('few', { FEW: '1' })
    expect(run.code).toBe(EXIT.ok) // k6 judges percentiles that it does not report
    const said = 'p(50), p(95), p(99)'
    expect(run.output).toContain(`Not recorded: ${said}`)
    expect(read('.md')).toContain(`Not recorded: ${said}`)
    expect(read('.html')).toContain(`Not recorded: ${said}`)
  })

  test('a missing directory costs the files, not the text or the exit code', async () => {
    const { run } = await report('missing', { RESULTS_DIR: join(directory, 'nowhere') })
    expect(run.code).toBe(EXIT.ok)
    expect(run.output).toMatch(/^PASS - Formats/m)
  })

  const readable = Number(k6.version.split('.')[0]) >= 1 && !k6.version.startsWith('1.0')
  test.runIf(readable)(
    'k6’s machine-readable summary has no verdicts, and that is said',
    async () => {
      const { run, read } = await report('machine', {}, ['--new-machine-readable-summary'])
      expect(run.code).toBe(EXIT.ok)
      expect(run.output).toMatch(/^NONE - Formats <b>: this summary has no verdicts/m)
      const json = JSON.parse(read('.json')) as Report
      expect(schemaErrors(json)).toEqual([])
      expect(json).toMatchObject({ verdict: 'none', goals: [], versions: { k6: k6.version } })
      expect(json.latency.length).toBeGreaterThan(0)
      for (const format of ['.md', '.html']) {
        expect(read(format)).toContain('machine-readable summary of k6')
        expect(read(format)).not.toContain('pr0mpt-text') // k6 hands the whole script over there
      }
      expect(read('.json')).not.toContain('pr0mpt-text')
    },
  )
})

onEachK6('examples/baseline.js', (k6) => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-baseline-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  async function baseline(ttft: string, env: Record<string, string> = {}): Promise<K6Run> {
    const simulator = await startSimulator('--flavor', 'vllm', '--ttft', ttft, '--itl', '2')
    try {
      return await runK6(k6, variant(k6, 'examples/baseline.js'), {
        env: {
          BASE_URL: simulator.url,
          RESULTS_DIR: directory,
          TEST_DURATION: '6s',
          MAX_VUS: '2',
          ...env,
        },
      })
    } finally {
      await simulator.stop()
    }
  }

  test('the first run is the baseline; one that is slower by more than allowed fails', async () => {
    const first = await baseline('200')
    expect(first.code).toBe(EXIT.ok)
    const file = readdirSync(directory).find((name) => name.endsWith('.json')) as string
    const BASELINE = join(directory, file)

    const same = await baseline('150', { BASELINE })
    expect(same.output).toMatch(/^PASS - baseline: (\d+) of \1 goals met$/m)
    expect(same.code).toBe(EXIT.ok)

    const slower = await baseline('900', { BASELINE })
    expect(slower.code).toBe(EXIT.thresholds)
    expect(slower.output).toMatch(/✗ request duration p50/)
    expect(/✗ TTFT p95/.test(slower.output)).toBe(k6.streams)
  })

  test('a file that is something else ends the test before its load', async () => {
    const run = await baseline('10', { BASELINE: join(process.cwd(), 'package.json') })
    expect(run.code).not.toBe(EXIT.ok)
    expect(run.output).toContain("k6-llm: baselineThresholds: the baseline has no 'metrics'")
    expect(run.values('llm_requests')).toEqual([])
  })
})
