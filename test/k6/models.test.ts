import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** How a switch to each model goes wrong, and what it must be called. */
const FAULTS: Record<string, string> = {
  fail: 'failed',
  refuse: 'refused',
  reverted: 'not_started',
  lying: 'lost',
  stuck: 'stuck',
}
const faulty = Object.keys(FAULTS)
const profiles = ['first', 'second', 'third', ...faulty.map((fault) => `m-${fault}`)]

onEachK6('switching models', (k6) => {
  const script = variant(k6, 'test/k6/scripts/switch.js')
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator(
      ...['--ttft', '30', '--itl', '2', '--load-time', '400', '--api-key', 'key'],
      ...['--cold-ttft', '300', '--profiles', profiles.join(',')],
      ...['--switch-fault-for', faulty.map((fault) => `${fault}=m-${fault}`).join(',')],
    )
  })
  afterAll(() => simulator.stop())
  beforeEach(async () => {
    await simulator.configure({ loadTime: 400 })
    await simulator.resetModels()
  })
  const env = (more: Record<string, string>) => ({
    BASE_URL: simulator.url,
    API_TOKEN: 'key',
    ...more,
  })

  test('is measured from the request to an answer of the new model', async () => {
    const run = await runK6(k6, script, { env: env({ TO: 'second,second,third' }) })
    expect(run.code).toBe(EXIT.ok)
    expect(run.output).toContain('SWITCH first second true - false')
    // Already there: nothing was switched, nothing is measured.
    expect(run.output).toContain('SWITCH second second true - true')
    const durations = run.values('llm_model_switch_duration', { backend: 'gateway', sla: 'models' })
    expect(durations).toHaveLength(2)
    // 400 ms to load, then the first answer, which is cold: 30 ms + 300 ms.
    for (const duration of durations) expect(duration).toBeGreaterThanOrEqual(730)
    expect(run.values('llm_model_switch_failed')).toEqual([0, 0])
    expect(run.values('llm_model_switch_duration', { from: 'first', to: 'second' })).toHaveLength(1)
    if (k6.streams) {
      const cold = run.values('llm_model_cold_ttft')
      const warm = run.values('llm_model_warm_ttft')
      expect([cold.length, warm.length]).toEqual([2, 2])
      for (const ttft of cold) expect(ttft).toBeGreaterThanOrEqual(330)
      for (const ttft of warm) expect(ttft).toBeGreaterThanOrEqual(30)
    } else {
      expect(run.values('llm_model_cold_ttft')).toEqual([])
      expect(run.values('llm_ttft_probe', { start: 'cold' })).toHaveLength(2)
      expect(run.values('llm_ttft_probe', { start: 'warm' })).toHaveLength(2)
    }
    // The manager's own requests are no load: they count in no share of the run.
    expect(run.values('llm_requests')).toEqual([])
    expect((await simulator.status()).current_profile).toBe('first')
  })

  test('each way to fail has its reason, counts once, and the first model is put back', async () => {
    const models = faulty.map((fault) => `m-${fault}`)
    const run = await runK6(k6, script, { env: env({ TO: ['nope', ...models].join(',') }) })
    expect(run.code).toBe(EXIT.ok)
    expect(run.output).toContain('SWITCH first nope false refused false')
    for (const fault of faulty) {
      expect(run.output).toMatch(new RegExp(`SWITCH \\S+ m-${fault} false ${FAULTS[fault]} false`))
      const tags = { to: `m-${fault}`, reason: FAULTS[fault] as string }
      expect(run.values('llm_model_switch_failed', tags), fault).toEqual([1])
    }
    expect(run.values('llm_model_switch_failed')).toEqual(Array(6).fill(1))
    expect(run.values('llm_model_switch_duration')).toEqual([])
    expect(await simulator.status()).toMatchObject({ current_profile: 'first', status: 'running' })
  })

  test('after Ctrl-C in the middle of a switch the first model is put back', async () => {
    await simulator.configure({ loadTime: 1500 })
    const run = await runK6(k6, script, {
      env: env({ TO: 'second,third,second,third' }),
      async during({ kill, seen }) {
        await seen('SWITCH first second true')
        kill('SIGINT') // the switch to the third model has just begun
      },
    })
    expect(run.code).toBe(EXIT.interrupted)
    expect(run.output).not.toContain('SWITCHES DONE')
    expect(await simulator.status()).toMatchObject({ current_profile: 'first', status: 'running' })
  })
})
