import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../cli/find-k6.ts'
import type { Report } from '../../src/report/record.ts'
import { isStock, onEachK6, variant } from '../support/each-k6.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-why-'))
let simulator: Simulator
let relay: RelayProcess

beforeAll(async () => {
  const pace = ['--ttft', '300', '--itl', '5', '--tokens', '20']
  simulator = await startSimulator('--flavor', 'vllm', ...pace)
  relay = await startRelayProcess('--allow', simulator.url, '--allow', 'http://127.0.0.1:9')
})
afterAll(async () => {
  await relay.stop()
  await simulator.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** A goal that was met; k6's own progress has such marks too. */
const MET = /^ {2}✓/m

let runs = 0
async function run(k6: Engine, env: Record<string, string>) {
  const file = join(directory, `${runs++}.json`)
  const began = Date.now()
  const made = await runK6(k6, variant(k6, 'test/k6/scripts/why.js'), {
    env: { BASE_URL: simulator.url, REPORT: file, ...env },
  })
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const page = readFileSync(file.replace('.json', '.html'), 'utf8')
  return { ...made, report, page, seconds: (Date.now() - began) / 1000 }
}

onEachK6('why it failed', (k6) => whyItFailed(k6, false))
onEachK6('why it failed, through the relay', (k6) => whyItFailed(k6, true), isStock)

function whyItFailed(k6: Engine, relayed: boolean) {
  const through = (): Record<string, string> => (relayed ? { LLM_RELAY: relay.url } : {})

  describe.each<{
    what: string
    env: Record<string, string>
    kind: string
    words: string
    told: string
  }>([
    {
      what: 'a wrong model',
      env: { MODEL: 'nope' },
      kind: 'http_4xx',
      words: 'does not exist',
      told: 'does not exist',
    },
    { what: 'a wrong key', env: { FAULT: '401' }, kind: 'http_4xx', words: '401', told: '' },
    {
      what: 'a server that is not there',
      env: { BASE_URL: 'http://127.0.0.1:9' },
      kind: 'connect',
      words: 'REFUSED',
      told: 'ECONNREFUSED',
    },
  ])('$what', ({ env, kind, words, told }) => {
    let made: Awaited<ReturnType<typeof run>>
    beforeAll(async () => {
      made = await run(k6, { ...env, ...through() })
    })

    test('ends the test at once, with the cause', () => {
      expect(made.code).toBe(EXIT.aborted)
      expect(made.seconds).toBeLessThan(15)
      expect(made.output).toContain('the first 3 requests of a user all failed')
      expect(made.output).toContain(kind)
      // What the extension does not hand over it cannot say.
      if (!k6.streams) expect(made.output.toUpperCase()).toContain(words.toUpperCase())
      expect(made.values('llm_test_aborted').length).toBeGreaterThan(0)
    })

    test('is FAIL in every format, and no goal is met', () => {
      expect(made.report.verdict).toBe('fail')
      expect(made.report.stopped).toEqual({ kinds: [kind] })
      expect(made.output).toMatch(/FAIL - why/)
      expect(made.output).not.toMatch(MET)
      expect(made.page).toContain('class="fail">FAIL<')
      expect(made.report.advice.flatMap(({ causes }) => causes.map(({ id }) => id))).toEqual([
        kind === 'connect' ? 'connect' : 'client-error',
      ])
    })

    test('has the words of the server where the relay has them', () => {
      const { failures } = made.report
      if (!relayed) return expect(failures).toBeUndefined()
      const total = made.values('llm_errors').reduce((sum, one) => sum + one, 0)
      // Runs that begin within 2 s of each other are one to the relay.
      const own = failures?.find((one) => one.kind === kind && one.words.includes(told))
      // k6 drops what was under way when the test was aborted.
      expect(own?.count).toBeGreaterThanOrEqual(total)
      expect(made.output).toContain("What failed, in the server's words")
      expect(made.page).toContain('What failed, in the server')
    })

    test('tells neither key nor prompt', () => {
      const all = made.output + made.page + JSON.stringify(made.report)
      expect(all).not.toContain('sk-secret')
      expect(all).not.toContain('A prompt that no log may repeat')
    })
  })

  test.each(['429', '503'])('HTTP %s is what waiting mends: the test goes on', async (fault) => {
    const made = await run(k6, { FAULT: fault, DURATION: '1s', ...through() })
    expect(made.code).toBe(EXIT.thresholds)
    expect(made.values('llm_test_aborted')).toEqual([])
    expect(made.report.stopped).toBeUndefined()
    expect(made.report.advice.flatMap(({ causes }) => causes.map(({ id }) => id))).toEqual([
      fault === '429' ? 'rate-limit' : 'server-error',
    ])
  })

  test('STOP_ON_MISUSE=false: the test goes on to its end', async () => {
    const env = { MODEL: 'nope', STOP_ON_MISUSE: 'false', DURATION: '1s' }
    const made = await run(k6, { ...env, ...through() })
    expect(made.code).toBe(EXIT.thresholds)
    expect(made.output).toContain('the test goes on')
    expect(made.report.stopped).toBeUndefined()
    expect(made.output).not.toMatch(MET)
  })
}

const PACE = { tpot: { p95: 50 }, goodput: 0.9, slo: { ttft: 9000, tpot: 50 } }
const { slo: _slo, ...PROMISED } = PACE

onEachK6('streams that a proxy holds back', (k6) => {
  test('meet no goal of pace, though TTFT is measured', async () => {
    const made = await run(k6, {
      FAULT: 'buffer',
      DURATION: '2s',
      SLA: JSON.stringify(PROMISED),
      SLO: JSON.stringify(PACE.slo),
      UNMEASURED: 'fail',
      ...(k6.streams ? {} : { LLM_RELAY: relay.url }),
    })
    expect(made.code).toBe(EXIT.thresholds)
    expect(made.values('llm_buffered')).not.toContain(0)
    expect(made.values('llm_ttft').length).toBeGreaterThan(0)
    for (const metric of ['llm_tpot', 'llm_tokens_per_second', 'llm_gap_max', 'llm_slo_tpot']) {
      expect(made.values(metric), metric).toEqual([])
    }
    expect(made.values('llm_goodput')).toEqual([])
    expect(made.report.unmeasured.map(({ reason }) => reason)).toEqual(['held', 'held'])
    expect(made.output).toContain('the proxy buffered the streams')
  })
})

onEachK6(
  'an estimate of TTFT on a stock k6',
  (k6) => {
    const env = (limit: number) => ({
      PROBE: 'yes',
      FAULT: 'buffer',
      DURATION: '3s',
      SLA: JSON.stringify({ ttft: { p95: limit } }),
      UNMEASURED: 'estimate',
    })

    test('below the headers of the streams meets no goal, and says so', async () => {
      const made = await run(k6, env(9000))
      expect(made.report.goals.find(({ metric }) => metric === 'llm_ttft_probe')?.doubt).toBe(
        'disproved',
      )
      expect(made.output).toContain('but headers of streams come after')
      expect(made.output).not.toMatch(MET)
    })

    test('fails where those headers are over the limit themselves', async () => {
      expect((await run(k6, env(350))).code).toBe(EXIT.thresholds)
    })
  },
  isStock,
)
