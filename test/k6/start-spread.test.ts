import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../../src/report/record.ts'
import { isStock, onEachK6 } from '../support/each-k6.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-spread-'))
afterAll(() => rmSync(directory, { recursive: true }))

onEachK6(
  'users that begin together',
  (k6) => {
    let simulator: Simulator
    let relay: RelayProcess
    beforeAll(async () => {
      simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '5')
      relay = await startRelayProcess('--allow', simulator.url)
    })
    afterAll(async () => {
      await relay.stop()
      await simulator.stop()
    })

    test.each([
      [['--vus', '60', '--iterations', '60'], {}, 150],
      [['--vus', '20', '--duration', '1s'], { START_SPREAD: '2s' }, 1500],
      [['--vus', '20', '--iterations', '20'], { START_SPREAD: '0s' }, 0],
    ])('%j %j', async (args, spread, least) => {
      await fetch(`${simulator.url}/__sim/requests`, { method: 'DELETE' })
      const report = join(directory, `${k6.name}-${least}.json`)
      const run = await runK6(k6, 'test/k6/scripts/start-spread.js', {
        env: { BASE_URL: simulator.url, LLM_RELAY: relay.url, REPORT: report, ...spread },
        args,
      })
      expect(run.code, run.output).toBe(EXIT.ok)
      const response = await fetch(`${simulator.url}/__sim/requests`)
      const { requests } = (await response.json()) as { requests: { receivedAt: number }[] }
      expect(requests.length).toBeGreaterThanOrEqual(20)
      const times = requests.map(({ receivedAt }) => receivedAt)
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(least)
      expect(run.values('llm_failed')).toEqual(Array(requests.length).fill(0))
      const { transport, validity }: Report = JSON.parse(readFileSync(report, 'utf8'))
      expect(transport).toBe('relay')
      // Only where nothing spread them can they have waited for each other.
      const kinds = validity.reasons.map(({ kind }) => kind)
      if (least > 0) expect(kinds).not.toContain('together')
    })
  },
  isStock,
)
