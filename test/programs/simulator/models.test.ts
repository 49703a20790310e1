import { describe, expect, test, vi } from 'vitest'
import { bearer, logIn, readJson, readStream, type Started, start } from './support.ts'

const chat = { messages: [{ role: 'user', content: 'x' }] }
const open = { requireAuth: false }
/** A load that does not end within a test. */
const LONG = 60_000

const statusOf = async ({ send }: Started) => readJson(await send('/api/models/status'))

const switchTo = async ({ send }: Started, profile: string, fault?: string) => {
  const headers: Record<string, string> = fault ? { 'x-sim-switch': fault } : {}
  const reply = await send('/api/models/switch', { profile_id: profile }, headers)
  return { status: reply.status, body: await readJson(reply) }
}

const settled = (simulator: Started, status: string) =>
  vi.waitFor(async () => expect((await statusOf(simulator)).status).toBe(status))

/** The model that a chat is answered by. */
const answering = async ({ send }: Started, request: Record<string, unknown> = {}) =>
  (await readJson(await send('/api/chat', { ...chat, ...request }))).model

describe('status', () => {
  test('has the gateway’s fields', async () => {
    const status = await statusOf(await start())
    expect(Object.keys(status)).toEqual([
      'current_profile',
      'status',
      'available_profiles',
      'message',
      'hardware_info',
    ])
    expect(status).toMatchObject({ current_profile: 'phi3-mini', status: 'running' })
    expect(Object.keys(status.available_profiles)).toEqual([
      'phi3-mini',
      'deepseek-coder-7b',
      'qwen2-7b-instruct',
      'llama3-70b',
    ])
    const fields =
      'name model_id description max_model_len tensor_parallel_size gpu_memory_utilization dtype swap_space hardware_requirements'
    expect(new Set(Object.keys(status.available_profiles['phi3-mini']))).toEqual(
      new Set(fields.split(' ')),
    )
    expect(status.hardware_info).toMatchObject({ gpu_count: 2, total_vram_gb: 48 })
    expect(status.hardware_info.gpus[0]).toMatchObject({ memory_total_mb: 24_576 })
    expect(status.hardware_info.available_vram_gb).toBeLessThan(48)
  })

  test('goes with the profiles and the recommendations', async () => {
    const { send } = await start()
    const profiles = await readJson(await send('/api/models/profiles'))
    expect(profiles).toMatchObject({ current_profile: 'phi3-mini' })
    expect(Object.keys(profiles.profiles)).toHaveLength(4)
    const advice = await readJson(await send('/api/models/hardware-recommendations'))
    const ids = (list: { profile_id: string }[]) => list.map((one) => one.profile_id)
    expect(ids(advice.compatible_profiles)).toHaveLength(3)
    expect(ids(advice.recommended_profiles)).toContain('phi3-mini')
    expect(ids(advice.incompatible_profiles)).toEqual(['llama3-70b'])
    expect(advice.incompatible_profiles[0].compatibility.compatible).toBe(false)
    expect(advice.current_hardware.gpu_count).toBe(2)
  })

  test('knows the profiles that the options name', async () => {
    const status = await statusOf(await start({ profiles: ['mine', 'phi3-mini'] }))
    expect(status.current_profile).toBe('mine')
    expect(status.available_profiles.mine.model_id).toBe('mine')
  })
})

describe('a switch', () => {
  test('is accepted at once, loads in the background, and then answers', async () => {
    const simulator = await start({ ...open, loadTime: 10 })
    expect(await answering(simulator)).toBe('phi3-mini')
    const { status, body } = await switchTo(simulator, 'qwen2-7b-instruct')
    expect(status).toBe(200)
    expect(body).toEqual({
      success: true,
      message: '모델 전환을 시작합니다: Qwen2 7B Instruct',
      current_profile: 'phi3-mini',
      switching_to: 'qwen2-7b-instruct',
    })
    await settled(simulator, 'running')
    expect((await statusOf(simulator)).current_profile).toBe('qwen2-7b-instruct')
    expect(await answering(simulator)).toBe('qwen2-7b-instruct')
  })

  test('says switching, with the old profile, until it is done', async () => {
    const simulator = await start({ loadTime: LONG })
    await switchTo(simulator, 'deepseek-coder-7b')
    expect(await statusOf(simulator)).toMatchObject({
      status: 'switching',
      current_profile: 'phi3-mini',
    })
    const hardware = (await statusOf(simulator)).hardware_info
    expect(hardware.available_vram_gb).toBeGreaterThan(47)
  })

  test('to the model that runs is no switch', async () => {
    const { status, body } = await switchTo(await start(), 'phi3-mini')
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, switching_to: null, current_profile: 'phi3-mini' })
  })

  test('to an unknown profile: 404; without one: 422', async () => {
    const simulator = await start()
    const unknown = await switchTo(simulator, 'other')
    expect(unknown.status).toBe(404)
    expect(unknown.body).toEqual({ detail: "프로파일 'other'를 찾을 수 없습니다." })
    for (const [body, type] of [
      [{}, 'missing'],
      [{ profile_id: 7 }, 'string_type'],
      ['{', 'json_invalid'],
    ]) {
      const reply = await simulator.send('/api/models/switch', body)
      expect(reply.status).toBe(422)
      expect((await readJson(reply)).detail[0].type).toBe(type)
    }
  })

  test('during another one: 409', async () => {
    const simulator = await start({ loadTime: LONG })
    await switchTo(simulator, 'deepseek-coder-7b')
    expect((await switchTo(simulator, 'qwen2-7b-instruct')).status).toBe(409)
    expect((await switchTo(simulator, 'phi3-mini')).status).toBe(409)
  })

  test('to a profile that is too big fails, or is refused', async () => {
    const simulator = await start(open)
    expect((await switchTo(simulator, 'llama3-70b')).status).toBe(200)
    await settled(simulator, 'error')
    expect(await statusOf(simulator)).toMatchObject({ current_profile: 'phi3-mini' })
    expect((await statusOf(simulator)).message).toMatch('GPU 4')
    expect(await answering(simulator)).toBe('phi3-mini')

    const strict = await start({ refuseIncompatible: true })
    const { status, body } = await switchTo(strict, 'llama3-70b')
    expect(status).toBe(409)
    expect(body.detail).toMatch('GPU 4')
  })
})

describe('switch faults', () => {
  const ways: [string, Record<string, unknown>, string | undefined][] = [
    ['by option', { switchFault: 'FAULT' }, undefined],
    ['by profile', { switchFaultFor: 'FAULT=qwen2-7b-instruct' }, undefined],
    ['by header', {}, 'FAULT'],
  ]
  const fill = (options: Record<string, unknown>, fault: string) =>
    JSON.parse(JSON.stringify(options).replaceAll('FAULT', fault))

  describe.each(ways)('%s', (_, options, header) => {
    const provoke = async (fault: string) => {
      const simulator = await start({ ...open, ...fill(options, fault) })
      const reply = await switchTo(simulator, 'qwen2-7b-instruct', header && fault)
      return { simulator, ...reply }
    }

    test('fail: error, and the old model answers again', async () => {
      const { simulator, status } = await provoke('fail')
      expect(status).toBe(200)
      await settled(simulator, 'error')
      expect((await statusOf(simulator)).current_profile).toBe('phi3-mini')
      expect(await answering(simulator)).toBe('phi3-mini')
    })

    test('stuck: switching, until another switch', async () => {
      const { simulator } = await provoke('stuck')
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect((await statusOf(simulator)).status).toBe('switching')
      expect((await switchTo(simulator, 'deepseek-coder-7b', 'none')).status).toBe(200)
    })

    test('lying: running and the new profile, while the old model answers', async () => {
      const { simulator } = await provoke('lying')
      await settled(simulator, 'running')
      expect((await statusOf(simulator)).current_profile).toBe('qwen2-7b-instruct')
      expect(await answering(simulator)).toBe('phi3-mini')
      expect(await answering(simulator, { model: 'qwen2-7b-instruct' })).toBe('phi3-mini')
      const models = await readJson(await simulator.send('/v1/models'))
      expect(models.data[0].id).toBe('phi3-mini')
    })

    test('refuse: 409', async () => {
      const { simulator, status, body } = await provoke('refuse')
      expect(status).toBe(409)
      expect(body).toHaveProperty('detail')
      expect((await statusOf(simulator)).status).toBe('running')
    })

    test('reverted: accepted, but nothing changes', async () => {
      const { simulator, status, body } = await provoke('reverted')
      expect([status, body.switching_to]).toEqual([200, 'qwen2-7b-instruct'])
      expect(await statusOf(simulator)).toMatchObject({
        status: 'running',
        current_profile: 'phi3-mini',
      })
    })
  })

  test('slow: five times the load time', async () => {
    const simulator = await start({ loadTime: 10, switchFault: 'slow' })
    const began = performance.now()
    await switchTo(simulator, 'qwen2-7b-instruct')
    await settled(simulator, 'running')
    expect(performance.now() - began).toBeGreaterThanOrEqual(50)
  })

  test('are recorded, and an unknown one is refused with the list', async () => {
    const simulator = await start()
    const { status, body } = await switchTo(simulator, 'qwen2-7b-instruct', 'nothing')
    expect(status).toBe(400)
    expect(body.detail).toMatch('x-sim-switch nothing: expected one of none, fail, stuck')
    await switchTo(simulator, 'qwen2-7b-instruct', 'fail')
    expect((await simulator.requests('?path=/api/models/switch')).at(-1)?.fault).toBe('fail')
  })
})

describe('reload', () => {
  test('goes back to the first profile, which then answers', async () => {
    const simulator = await start(open)
    await switchTo(simulator, 'qwen2-7b-instruct')
    await settled(simulator, 'running')
    const reply = await simulator.send('/api/models/reload', {})
    expect(reply.status).toBe(200)
    expect(await readJson(reply)).toMatchObject({ success: true, profiles: { 'phi3-mini': {} } })
    expect((await statusOf(simulator)).current_profile).toBe('phi3-mini')
    expect(await answering(simulator)).toBe('phi3-mini')
  })

  test('can leave the model that runs', async () => {
    const simulator = await start({ reloadKeepsCurrent: true })
    await switchTo(simulator, 'qwen2-7b-instruct')
    await settled(simulator, 'running')
    await simulator.send('/api/models/reload', {})
    expect((await statusOf(simulator)).current_profile).toBe('qwen2-7b-instruct')
  })

  test('ends a stuck switch', async () => {
    const simulator = await start({ switchFault: 'stuck' })
    await switchTo(simulator, 'qwen2-7b-instruct')
    await simulator.send('/api/models/reload', {})
    expect((await statusOf(simulator)).status).toBe('running')
  })

  test('and so does POST /__sim/models/reset', async () => {
    const simulator = await start({ switchFault: 'stuck' })
    await switchTo(simulator, 'qwen2-7b-instruct')
    await simulator.send('/__sim/models/reset', {})
    expect(await statusOf(simulator)).toMatchObject({
      status: 'running',
      current_profile: 'phi3-mini',
    })
  })
})

describe('chats during a switch', () => {
  test('are refused with 503', async () => {
    const simulator = await start({ ...open, loadTime: LONG })
    await switchTo(simulator, 'qwen2-7b-instruct')
    const gateway = await simulator.send('/api/chat', chat)
    expect(gateway.status).toBe(503)
    expect(await gateway.json()).toHaveProperty('detail')
    const vllm = await simulator.send('/v1/chat/completions', chat)
    expect(vllm.status).toBe(503)
    expect(await vllm.json()).toHaveProperty('error')
    expect((await simulator.send('/v1/models')).status).toBe(503)
  })

  test('wait for the new model', async () => {
    const simulator = await start({ ...open, loadTime: 30, duringSwitch: 'wait' })
    await switchTo(simulator, 'qwen2-7b-instruct')
    expect(await answering(simulator)).toBe('qwen2-7b-instruct')
    const { startedAt, receivedAt } = await simulator.last()
    expect(startedAt ?? 0).toBeGreaterThan(receivedAt ?? 0)
  })

  test('that wait can leave, and are counted as waiting till then', async () => {
    const simulator = await start({ ...open, loadTime: LONG, duringSwitch: 'wait' })
    await switchTo(simulator, 'qwen2-7b-instruct')
    const leave = new AbortController()
    const held = fetch(`${simulator.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify(chat),
      signal: leave.signal,
    })
    const waiting = async () =>
      /num_requests_waiting\{model_name="phi3-mini",engine="0"\} (\d)/.exec(
        await (await simulator.send('/metrics')).text(),
      )?.[1]
    await vi.waitFor(async () => expect(await waiting()).toBe('1'))
    leave.abort()
    await expect(held).rejects.toThrow()
    await vi.waitFor(async () => expect(await waiting()).toBe('0'))
  })

  test('are answered by the old model', async () => {
    const simulator = await start({ ...open, loadTime: LONG, duringSwitch: 'old' })
    await switchTo(simulator, 'qwen2-7b-instruct')
    expect(await answering(simulator)).toBe('phi3-mini')
  })
})

describe('the model of a chat', () => {
  test.each([
    undefined,
    'current',
    'phi3-mini',
    'microsoft/Phi-3-mini-4k-instruct',
  ])('%s is the one that runs', async (model) => {
    const simulator = await start()
    const headers = bearer(await logIn(simulator))
    const reply = await simulator.send('/api/chat', { ...chat, model, stream: true }, headers)
    const { chunks } = await readStream(reply)
    expect(chunks[0].model).toBe('phi3-mini')
  })

  test('another is not there, nor is "current" for the vLLM behind', async () => {
    const { send } = await start(open)
    const other = { ...chat, model: 'qwen2-7b-instruct' }
    expect((await send('/api/chat', other)).status).toBe(404)
    const current = { ...chat, model: 'current' }
    expect((await send('/v1/chat/completions', current)).status).toBe(404)
    expect((await send('/v1/chat/completions', chat)).status).toBe(200)
  })

  test('is slower once after a load', async () => {
    const simulator = await start({ ...open, coldTtft: 30 })
    await switchTo(simulator, 'qwen2-7b-instruct')
    await settled(simulator, 'running')
    const cold = []
    for (let i = 0; i < 2; i++) {
      await answering(simulator)
      const { sentAt, startedAt } = await simulator.last()
      cold.push((sentAt[0] ?? 0) - (startedAt ?? 0) >= 30 - 0.001)
    }
    expect(cold[0]).toBe(true)
    await simulator.configure({ coldTtft: LONG })
    // Would not come within the test if it were cold again.
    expect(await answering(simulator)).toBe('qwen2-7b-instruct')
  })
})
