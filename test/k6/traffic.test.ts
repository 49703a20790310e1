import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Kept, type Simulator, startSimulator } from '../support/simulator.ts'

const SCRIPT = 'test/k6/scripts/traffic.js'

/** What one process of the first k6 sent: what every other must send too. */
let first: ReturnType<typeof sentOf> | undefined

/** Each request as it was received, in the order of the schedule. */
function sentOf(kept: Kept[]) {
  return kept
    .map(({ headers, body }) => ({
      arrival: Number(headers['x-arrival']),
      row: headers['x-row'],
      body,
    }))
    .sort((a, b) => a.arrival - b.arrival)
}

onEachK6('seeded traffic', (k6) => {
  let simulator: Simulator
  let one: K6Run
  let sent: ReturnType<typeof sentOf>
  let received: number[]
  const env = (more = {}) => ({ BASE_URL: simulator.url, RATE: '20', LENGTH: '4s', ...more })

  beforeAll(async () => {
    simulator = await startSimulator('--flavor', 'vllm', '--ttft', '10', '--itl', '1')
    one = await runK6(k6, SCRIPT, { env: env() })
    const kept = await simulator.requests()
    sent = sentOf(kept)
    received = [...kept]
      .sort((a, b) => Number(a.headers['x-arrival']) - Number(b.headers['x-arrival']))
      .map((request) => request.receivedAt)
  })
  afterAll(() => simulator.stop())

  test('each arrival is one request, at its time, with its lag', () => {
    expect(one.output).toContain('rows.jsonl, line 8: not JSON')
    expect(one.output.match(/level=warning/g)).toHaveLength(1) // once, not for each VU
    expect(one.code, one.output).toBe(EXIT.ok)
    expect(sent.map((request) => request.arrival)).toEqual(sent.map((_, i) => i))
    expect(sent.length).toBeGreaterThan(50)
    expect(one.values('llm_arrival_lag')).toHaveLength(sent.length)
    expect(one.values('llm_response_time')).toHaveLength(sent.length)
    // Each row of the data once, before one comes again.
    expect(new Set(sent.slice(0, 40).map((request) => request.row)).size).toBe(40)
  })

  test('the times are those of a Poisson process', () => {
    const gaps = received.slice(1).map((at, i) => at - (received[i] as number))
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(mean).toBeGreaterThan(35)
    expect(mean).toBeLessThan(70)
    expect(deviation / mean).toBeGreaterThan(0.7)
    expect(deviation / mean).toBeLessThan(1.4)
  })

  test('every k6 sends the same', () => {
    first ??= sent
    expect(sent).toEqual(first)
  })

  test('three processes with a third each send what one does', async () => {
    await simulator.clear()
    const sequence = '0,1/3,2/3,1'
    const runs = await Promise.all(
      ['0:1/3', '1/3:2/3', '2/3:1'].map((segment) =>
        runK6(k6, SCRIPT, {
          env: env(),
          args: ['--execution-segment', segment, '--execution-segment-sequence', sequence],
        }),
      ),
    )
    expect(runs.map((run) => run.values('llm_requests').length).every((n) => n > 10)).toBe(true)
    expect(sentOf(await simulator.requests())).toEqual(sent)
  })

  test('another seed is another traffic', async () => {
    await simulator.clear()
    await runK6(k6, SCRIPT, { env: env({ SEED: '2' }) })
    const other = sentOf(await simulator.requests())
    const prompts = new Set(sent.map((request) => JSON.stringify(request.body)))
    expect(other.filter((request) => prompts.has(JSON.stringify(request.body)))).toEqual([])
  })

  test('too few VUs: the lag fails the run, a warning says what to raise', async () => {
    await simulator.configure({ ttft: 400 })
    const run = await runK6(k6, SCRIPT, { env: env({ MAX_VUS: '2' }) })
    await simulator.configure({ ttft: 10 })
    expect(run.code).toBe(EXIT.thresholds)
    expect(run.output).toContain('MAX_VUS=2: these arrivals need about')
    expect(run.output).toMatch(/began \d+ ms late, since all 2 VUs were busy/)
    const slowest = Math.max(...run.values('llm_response_time'))
    const lag = Math.max(...run.values('llm_arrival_lag'))
    expect(lag).toBeGreaterThan(2000)
    expect(slowest).toBeGreaterThan(lag)
    // What each request took shows nothing of it.
    expect(Math.max(...run.values('llm_request_duration'))).toBeLessThan(2000)
  })
})
