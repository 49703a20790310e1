import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** How a switch to each model goes wrong, and what it must be called. */
const FAULTS: Record<string, string> = {
  fail: 'failed',
  refuse: 'refused',
  reverted: 'not_started',
  stopped: 'not_started',
  lying: 'lost',
  stuck: 'stuck',
}
const faulty = Object.keys(FAULTS)
const profiles = ['first', 'second', 'third', ...faulty.map((fault) => `m-${fault}`)]

onEachK6('switching models', (k6) => {
  const script = variant(k6, 'test/k6/scripts/switch.js')
  let simulator: Simulator
  let real: Promise<{ fault: string; run: K6Run }[]>

  // What the guide's real gateway does: it says success, and no switch ever happens. Either the
  // old model stays, or its docker has stopped it. It takes its time beside the other tests.
  async function manageModels(fault: string) {
    const gateway = await startSimulator('--api-key', 'key', '--switch-fault', fault)
    const run = await runK6(k6, variant(k6, 'examples/model-management-test.js'), {
      env: {
        ...{ BASE_URL: gateway.url, API_TOKEN: 'key' },
        ...{ TEST_DURATION: '2s', SWITCH_PAUSE: '0.1', MODEL_SWITCH_TIMEOUT: '12' },
      },
    })
    await gateway.stop()
    return { fault, run }
  }

  beforeAll(async () => {
    real = Promise.all(['reverted', 'stopped'].map(manageModels))
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
    expect(run.values('llm_model_switch_failed')).toEqual(Array(7).fill(1))
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

  test('more than one VU ends the test, with what to do', async () => {
    const run = await runK6(k6, script, {
      env: env({ TO: 'second' }),
      args: ['--vus', '2', '--iterations', '2'],
    })
    expect(run.code).toBe(EXIT.aborted)
    expect(run.output).toMatch(/switchTo in scenario default, which has 2 VUs: .* with vus: 1/)
    expect(await simulator.status()).toMatchObject({ current_profile: 'first' })
  })

  test('the model management test fails on the real gateway, and says what was seen', async () => {
    for (const { fault, run } of await real) {
      expect(run.code, fault).toBe(EXIT.thresholds)
      const failed = run.values('llm_model_switch_failed', { reason: 'not_started' })
      expect(failed.length, fault).toBeGreaterThan(0)
      expect(run.output).toMatch(/not_started: accepted, and no load was ever seen: the server is/)
      expect(run.output).toMatch(/\d+ looks in 1\d\.\d s: (ready with .*phi3-mini|stopped)/)
    }
  })
})

// biome-ignore lint/suspicious/noExplicitAny: bodies that the tests take apart
type Body = any

/** Servers of every kind, and what each fault is called there. */
const BACKENDS: {
  name: string
  flavor: string
  reasons: Record<string, string>
  manager: (models: string[]) => Record<string, unknown>
  more?: string[]
}[] = [
  {
    name: 'ollama',
    flavor: 'ollama',
    reasons: {},
    manager: () => ({ backend: 'ollama' }),
  },
  {
    name: 'vllm-lora',
    flavor: 'vllm',
    reasons: { missing: 'refused' },
    manager: (models) => ({
      backend: 'vllm-lora',
      models: Object.fromEntries(models.map((model) => [model, `/loras/${model}`])),
    }),
  },
  {
    name: 'llama-swap',
    flavor: 'llama-swap',
    reasons: {},
    manager: () => ({ backend: 'llama-swap' }),
  },
  {
    name: 'llamacpp-router',
    flavor: 'llamacpp-router',
    reasons: {},
    manager: () => ({ backend: 'llamacpp-router' }),
  },
  { name: 'tabbyapi', flavor: 'tabby', reasons: {}, manager: () => ({ backend: 'tabbyapi' }) },
  {
    name: 'sglang',
    flavor: 'sglang',
    // Its 400 says no more; and only its model info tells which weights it has.
    reasons: { refuse: 'failed', lying: 'not_started', nope: 'failed' },
    manager: (models) => ({ backend: 'sglang', models }),
  },
  {
    name: 'custom',
    flavor: 'llamacpp-router',
    // Its table knows no field that says why.
    reasons: {},
    manager: () => ({
      backend: 'custom',
      endpoints: {
        status: {
          path: '/models',
          models: 'data[].id',
          loaded: 'data[status.value=loaded].id',
          loading: 'data[status.value=loading].id',
        },
        load: { path: '/models/load', body: { model: '{model}' } },
        unload: { path: '/models/unload', body: { model: '{model}' } },
        provenByStatus: true,
      },
    }),
  },
]
const KINDS: Record<string, string> = {
  fail: 'failed',
  refuse: 'refused',
  reverted: 'not_started',
  lying: 'lost',
  stuck: 'stuck',
}

onEachK6('every backend', (k6) => {
  const kinds = Object.keys(KINDS)
  const models = ['org/one', 'two', ...kinds.map((kind) => `m-${kind}`)]
  const simulators: Simulator[] = []
  let run: K6Run

  beforeAll(async () => {
    const start = (flavor: string) =>
      startSimulator(
        ...['--flavor', flavor, '--ttft', '20', '--itl', '2', '--cold-ttft', '100'],
        ...['--load-time', '300', '--load-time-for', 'two=600'],
        ...['--models', flavor === 'vllm' ? 'org/one' : models.join(',')],
        ...['--switch-fault-for', kinds.map((kind) => `${kind}=m-${kind}`).join(',')],
      )
    simulators.push(...(await Promise.all(BACKENDS.map(({ flavor }) => start(flavor)))))
    const one = await start('vllm')
    const two = await startSimulator('--flavor', 'vllm', '--models', 'two', '--load-time', '300')
    simulators.push(one, two)
    await fetch(`${two.url}/sleep`, { method: 'POST' })

    const asleep = { backend: 'vllm-sleep', baseUrl: two.url, deadline: '2s' }
    const pair = { ...asleep, models: { 'org/one': one.url, two: two.url } }
    const cases = [
      ...BACKENDS.map(({ name, manager }, i) => ({
        name,
        to: ['two', 'two', 'nope', ...kinds.map((kind) => `m-${kind}`), 'two'],
        manager: { baseUrl: simulators[i]?.url, deadline: '2s', ...manager(models) },
      })),
      { name: 'vllm-sleep', group: 'vllm-sleep', to: ['two'], manager: pair, heal: true },
      ...['fail', 'refuse', 'reverted', 'stuck'].map((kind) => ({
        name: `vllm-sleep-${kind}`,
        group: 'vllm-sleep',
        to: ['two'],
        manager: { ...pair, headers: { 'x-sim-switch': kind } },
        heal: true,
      })),
      // Nothing listens there.
      { name: 'gone', to: ['two'], manager: { backend: 'ollama', baseUrl: 'http://127.0.0.1:9' } },
    ]
    run = await runK6(k6, variant(k6, 'test/k6/scripts/switch.js'), {
      env: { CASES: JSON.stringify(cases) },
    })
  }, 240_000)
  afterAll(async () => {
    await Promise.all(simulators.map((simulator) => simulator.stop()))
  })

  /** What a case said of each of its switches, in order. */
  const told = (name: string) =>
    [...run.output.matchAll(/CASE\|([^|]*)\|([^|]*)\|([^|]*)\|(\d+)\|([^|]*)\|/g)]
      .filter((match) => match[1] === name)
      .map(([, , to, reason, took, message]) => ({ to, reason, took: Number(took), message }))

  test('comes to its end, with every model put back', async () => {
    expect(run.output).not.toMatch(/not put back|Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    for (const [i, { name, flavor }] of BACKENDS.entries()) {
      const url = simulators[i]?.url as string
      const get = async (path: string): Promise<Body> =>
        (await fetch(url + path)).json() as Promise<Body>
      const loaded = {
        ollama: async () => (await get('/api/ps')).models.map((m: { name: string }) => m.name),
        vllm: async () => (await get('/v1/models')).data.map((m: { id: string }) => m.id),
        'llama-swap': async () =>
          (await get('/running')).running.map((m: { model: string }) => m.model),
        'llamacpp-router': async () =>
          (await get('/models')).data
            .filter((m: { status: { value: string } }) => m.status.value !== 'unloaded')
            .map((m: { id: string }) => m.id),
        tabby: async () => [(await get('/v1/model')).id],
        sglang: async () => [(await get('/get_model_info')).model_path],
      }[flavor] as () => Promise<string[]>
      expect(await loaded(), name).toEqual(['org/one'])
    }
    const [one, two] = simulators.slice(-2)
    expect(await (await fetch(`${one?.url}/is_sleeping`)).json()).toEqual({ is_sleeping: false })
    expect(await (await fetch(`${two?.url}/is_sleeping`)).json()).toEqual({ is_sleeping: true })
  })

  test.each(BACKENDS.map((backend) => [backend.name, backend] as const))('%s', (name, {
    reasons,
  }) => {
    const seen = told(name)
    // An adapter's path is not looked at here, and its name is free.
    const nope = name === 'vllm-lora' ? 'ok' : (reasons.nope ?? 'refused')
    expect(seen.map(({ to, reason }) => [to, reason])).toEqual([
      ['two', 'ok'],
      ['two', 'ok'], // was there
      ['nope', nope],
      ...kinds.map((kind) => [`m-${kind}`, reasons[kind] ?? KINDS[kind]]),
      ['two', 'ok'],
    ])
    for (const { to, reason, took, message } of seen) {
      // 2 s, from the request; what comes before is one look.
      expect(took, `${to} ${reason} ${message}`).toBeLessThan(3000)
      if (reason === 'stuck') expect(took).toBeGreaterThan(1700)
      if (reason !== 'ok') expect(message?.length).toBeGreaterThan(5)
    }
    const tags = { backend: name, to: 'two' }
    const durations = run.values('llm_model_switch_duration', tags)
    // The load takes 600 ms, the first answer 20 + 100; there already gives no sample.
    expect(durations.length).toBeGreaterThanOrEqual(1)
    expect(durations[0]).toBeGreaterThanOrEqual(600)
    for (const kind of kinds) {
      const to = `m-${kind}`
      expect(run.values('llm_model_switch_failed', { backend: name, to }), to).toEqual([1])
    }
  })

  test('vllm-sleep', () => {
    expect(told('vllm-sleep').map((one) => one.reason)).toEqual(['ok'])
    expect(told('vllm-sleep-fail').map((one) => one.reason)).toEqual(['failed'])
    expect(told('vllm-sleep-refuse').map((one) => one.reason)).toEqual(['refused'])
    expect(told('vllm-sleep-reverted').map((one) => one.reason)).toEqual(['not_started'])
    expect(told('vllm-sleep-stuck').map((one) => one.reason)).toEqual(['stuck'])
  })

  test('a server that is not there is gone, and nothing was asked of it', () => {
    expect(told('gone')).toMatchObject([{ reason: 'gone' }])
    expect(told('gone')[0]?.message).toContain('no status before the switch')
  })
})

onEachK6('the examples of models', (k6) => {
  const odd = ['org/a:8b', 'b,{c}', 'd e']
  const results = mkdtempSync(join(tmpdir(), 'k6-llm-results-'))
  let chats: Simulator
  let loads: Simulator
  let gateway: Simulator
  let runs: K6Run[]

  beforeAll(async () => {
    const common = ['--ttft', '20', '--itl', '1', '--tokens', '20', '--load-time', '300']
    chats = await startSimulator('--flavor', 'vllm', ...common, '--models', 'org/a:8b,x,d e')
    loads = await startSimulator('--flavor', 'ollama', ...common, '--models', 'one,two,three')
    gateway = await startSimulator(...common, '--load-time', '2000', '--api-key', 'key')
    const run = (name: string, env: Record<string, string>) =>
      runK6(k6, variant(k6, `examples/${name}.js`), { env: { RESULTS_DIR: results, ...env } })
    runs = await Promise.all([
      run('multi-model', {
        BASE_URL: chats.url,
        MODELS: JSON.stringify(odd),
        TEST_DURATION: '6s',
        MAX_VUS: '6',
      }),
      run('switch-matrix', { BACKEND: 'ollama', BASE_URL: loads.url, MODELS: 'one,two,three' }),
      run('switch-under-load', {
        BASE_URL: gateway.url,
        API_TOKEN: 'key',
        MODELS: 'phi3-mini,qwen2-7b-instruct',
        SWITCH_AT: '3',
        SWITCH_WINDOW: '4',
        MAX_VUS: '3',
      }),
    ])
  }, 180_000)
  afterAll(async () => {
    rmSync(results, { recursive: true, force: true })
    await Promise.all([chats, loads, gateway].map((simulator) => simulator.stop()))
  })

  test('multi-model: the figures of each model, whatever its name', () => {
    const [run] = runs as [K6Run]
    // The server does not know one of them.
    expect(run.code).toBe(EXIT.thresholds)
    const all = run.values('llm_requests').length
    let sum = 0
    for (const model of ['org/a:8b', 'b,{c}', 'd e']) {
      const tag = model.replace(/[,{}]/g, '_')
      const count = run.values('llm_requests', { model: tag }).length
      sum += count
      expect(count, model).toBeGreaterThan(0)
      const line = new RegExp(`\\{model:${tag}\\} +${count}$`, 'm')
      expect(run.output).toMatch(line)
      const share = model === 'b,{c}' ? `100 % +${count} / ${count}` : `0 % +0 / ${count}`
      expect(run.output).toMatch(new RegExp(`\\{model:${tag}\\} +${share}`))
    }
    expect(sum).toBe(all)
  })

  test('switch-matrix: every pair once, as a table, and the first model is back', async () => {
    const run = runs[1] as K6Run
    expect(run.output).not.toMatch(/level=error|Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    for (const from of ['one', 'two', 'three']) {
      for (const to of ['one', 'two', 'three']) {
        const found = run.values('llm_model_switch_duration', { from, to })
        expect(found.length, `${from} → ${to}`).toBe(from === to ? 0 : 1)
      }
    }
    expect(run.output).toMatch(/from → to +one +three +two$/m)
    expect(run.output).toMatch(/^ +one +– +\d+ ms +\d+ ms$/m)
    expect(run.output).toMatch(/6 switches, 0 failed, [\d.]+ in a minute/)
    expect(run.output).toMatch(/first answer after a switch .* times as long/)
    const resident = (await (await fetch(`${loads.url}/api/ps`)).json()) as Body
    expect(resident.models.map((one: { name: string }) => one.name)).toEqual(['one'])
  })

  test('switch-under-load: what failed and what was late, before, during and after', async () => {
    const run = runs[2] as K6Run
    expect(run.output).not.toMatch(/level=error|Uncaught/)
    expect(run.code).toBe(EXIT.ok)
    const [took = 0] = run.values('llm_model_switch_duration')
    expect(took).toBeGreaterThanOrEqual(2000)
    const failed = (during: string) => run.values('llm_failed', { during })
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
    // The gateway answers chats with 503 while it loads.
    expect(failed('before').length).toBeGreaterThan(5)
    expect(sum(failed('before'))).toBe(0)
    expect(sum(failed('switch'))).toBeGreaterThan(5)
    expect(sum(failed('switch'))).toBeLessThan(failed('switch').length)
    expect(sum(failed('after'))).toBe(0)
    expect(run.output).toMatch(/\{during:switch\} +[\d.]+ % +\d+ \/ \d+/)
    expect(await gateway.status()).toMatchObject({ current_profile: 'phi3-mini' })
  })
})
