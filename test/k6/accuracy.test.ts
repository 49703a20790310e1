import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../cli/find-k6.ts'
import { isStock, onEachK6, variant } from '../support/each-k6.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, median, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** What the simulator kept of its streams: truth, in ms. */
async function truth(simulator: Simulator) {
  const requests = await simulator.requests('/v1/chat/completions')
  const tokenTimes = requests.map((r) => r.sentAt.filter((_, i) => r.kinds[i] === 'token'))
  const first = (times: number[]) => times[0] as number
  const last = (times: number[]) => times[times.length - 1] as number
  return {
    count: requests.length,
    ttft: median(requests.map((r, i) => first(tokenTimes[i] as number[]) - r.receivedAt)),
    tpot: median(tokenTimes.map((times) => (last(times) - first(times)) / (times.length - 1))),
    duration: median(requests.map((r, i) => last(tokenTimes[i] as number[]) - r.receivedAt)),
    tokens: requests.reduce((sum, r) => sum + r.completionTokens, 0),
  }
}

const WHAT = '300 ms to the first of 200 tokens, 20 ms apart, 5 users'
onEachK6(WHAT, (k6) => measured(k6, false))
onEachK6(`${WHAT}, through the relay`, (k6) => measured(k6, true), isStock)

function measured(k6: Engine, relayed: boolean) {
  let simulator: Simulator
  let relay: RelayProcess | undefined
  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '300', '--itl', '20')
    if (relayed) relay = await startRelayProcess('--allow', simulator.url)
  })
  afterAll(async () => {
    await relay?.stop()
    await simulator.stop()
  })

  // A busy machine delays whoever reads the clock: a measurement that missed is repeated.
  test('are measured as the simulator sent them', { retry: 3 }, async () => {
    await simulator.clear()
    const run = await runK6(k6, variant(k6, 'test/k6/scripts/stream.js'), {
      env: { BASE_URL: simulator.url, EACH: '2', ...(relay && { LLM_RELAY: relay.url }) },
    })
    expect(run.output).not.toMatch(/level=(error|warning)/)
    expect(run.code).toBe(EXIT.ok)
    const real = await truth(simulator)
    expect(real.count).toBe(10) // each request was sent once
    expect(run.values('llm_requests')).toHaveLength(10)
    expect(run.values('llm_completion_tokens').reduce((a, b) => a + b, 0)).toBe(real.tokens)
    expect(real.tokens).toBe(2000)
    expect(run.values('llm_chunks_per_request')).toEqual(Array(10).fill(200))
    const durations = run.values('llm_request_duration')
    expect(durations).toHaveLength(10)
    // Its end is the last of 200 tokens 20 ms apart; k6 itself may be late at either end.
    expect(Math.abs(median(durations) - real.duration)).toBeLessThan(25)

    if (!k6.streams && !relayed) {
      for (const metric of ['llm_ttft', 'llm_ttfo', 'llm_tpot', 'llm_gap_max', 'llm_buffered']) {
        expect(run.values(metric), metric).toEqual([])
      }
      expect(run.values('llm_request_duration', { source: 'body' })).toHaveLength(10)
      return
    }
    // The duration ends at the last generated event, not at usage or [DONE]: of each request it
    // is TTFT and 199 times TPOT.
    const ttft = run.values('llm_ttft')
    const tpot = run.values('llm_tpot')
    durations.forEach((duration, i) => {
      expect(duration).toBeCloseTo((ttft[i] as number) + 199 * (tpot[i] as number), 3)
    })
    expect(Math.abs(median(run.values('llm_ttft')) - real.ttft)).toBeLessThan(relayed ? 4 : 5)
    expect(Math.abs(median(run.values('llm_tpot')) - real.tpot)).toBeLessThan(0.5)
    expect(run.values('llm_buffered')).toEqual(Array(10).fill(0))
    expect(run.values('llm_truncated')).toEqual(Array(10).fill(0))
  })
}
