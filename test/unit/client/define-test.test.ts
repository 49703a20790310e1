import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { defineTest, type TestOptions } from '../../../src/client/define-test.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { extendSla } from '../../../src/sla/sla.ts'
import {
  errorKindThresholds,
  mergeThresholds,
  summaryTrendStats,
  toThresholds,
} from '../../../src/sla/thresholds.ts'
import { profiles } from '../../../src/workload/profiles.ts'
import { sweep } from '../../../src/workload/sweep.ts'
import { withWarmup } from '../../../src/workload/warmup.ts'
import { completion } from '../../support/answers.ts'
import { Aborted, world } from '../../support/k6/execution.ts'
import { requests } from '../../support/k6/http.ts'
import { error, json, serve } from '../models/servers.ts'
import { loadTest } from '../report/run.ts'

const baseUrl = 'http://sim'
const scenarios = { load: profiles.load }
const vllm = {
  'GET /v1/models': json({ data: [{ id: 'org/m', owned_by: 'vllm' }] }),
  'POST /v1/chat/completions': { body: completion('Hi', 1, 'org/m') },
}
const log = vi.spyOn(console, 'log').mockImplementation(() => {})

/** As k6 does: what setup() returned goes through JSON. */
const written = (
  given: { handleSummary(data: unknown): { [file: string]: string } },
  setup: unknown,
) => {
  const output = given.handleSummary({ ...loadTest, setup_data: JSON.parse(JSON.stringify(setup)) })
  const file = Object.keys(output).find((name) => name.endsWith('.json')) as string
  return JSON.parse(output[file] as string)
}

beforeEach(() => {
  world.reset()
  world.init = true
  log.mockClear()
  requests.length = 0
  vi.stubGlobal('__ENV', {})
})

describe('options', () => {
  test('are the load, the goals with their gates, failures by kind, and the columns', () => {
    const sla = slaPresets.guideChat
    const { options } = defineTest({ title: 'a', scenarios, sla })
    expect(options).toEqual({
      scenarios,
      thresholds: mergeThresholds(errorKindThresholds, toThresholds(sla)),
      summaryTrendStats,
    })
    expect(options.thresholds.llm_requests).toEqual(['count>0'])
  })

  test('several SLAs have their own tags; what is common holds where they say nothing', () => {
    const { options } = defineTest({
      title: 'a',
      scenarios,
      sla: [
        { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
        { sla: slaPresets.guideStreaming, unmeasured: 'report' },
      ],
      tags: { sla: 'other' },
      thresholds: { checks: ['rate>0.9'] },
    })
    expect(options.thresholds).toEqual(
      mergeThresholds(
        errorKindThresholds,
        toThresholds(slaPresets.guideChat, { tags: { sla: 'chat' } }),
        toThresholds(slaPresets.guideStreaming, { tags: { sla: 'other' }, unmeasured: 'report' }),
        { checks: ['rate>0.9'] },
      ),
    )
  })

  test('of a warm-up only what is measured is judged', () => {
    const sla = extendSla({ errorRate: 0.01 }, { duration: { p95: 3000 } })
    const warm = withWarmup({ load: profiles.load }, { warmup: '30s' })
    const { options } = defineTest({ title: 'a', scenarios: warm, sla })
    expect(options.thresholds['llm_request_duration{phase:measure}']).toEqual([
      'p(95)<3000',
      'max>0',
    ])
    expect(options.thresholds.llm_request_duration).toBeUndefined()
  })

  test('a sweep brings its scenarios and goals', () => {
    const plan = sweep({ rates: [1, 2], stepDuration: '1m', sla: slaPresets.guideChat })
    const { options } = defineTest({ title: 'a', sweep: plan })
    expect(options.scenarios).toEqual(plan.scenarios)
    expect(options.thresholds).toEqual(mergeThresholds(errorKindThresholds, plan.thresholds))
  })

  test('without a goal, no request is a failure; with one of your own, that is judged', () => {
    expect(defineTest({ title: 'a', scenarios }).options.thresholds.llm_requests).toEqual([
      'count>0',
    ])
    const own = defineTest({ title: 'a', scenarios, thresholds: { checks: ['rate==1'] } })
    expect(own.options.thresholds).toEqual({ ...errorKindThresholds, checks: ['rate==1'] })
  })

  test('further options of k6 stand beside them', () => {
    const { options } = defineTest({ title: 'a', scenarios, options: { teardownTimeout: '5m' } })
    expect(options.teardownTimeout).toBe('5m')
    expect(options.scenarios).toBe(scenarios)
  })
})

describe('setup', () => {
  test('finds out what the server is, says it, and the client goes by it', async () => {
    world.init = false
    vi.stubGlobal('__ENV', { BASE_URL: baseUrl, API_TOKEN: 'secret' })
    serve(vllm)
    const session = await defineTest({ title: 'a', scenarios }).setup()
    expect(session).toMatchObject({ ok: true, api: 'openai-chat', model: 'org/m', token: 'secret' })
    expect(log).toHaveBeenCalledWith('server: vLLM, openai-chat, org/m')
    const reply = await createChatClient().complete('Hi', { session })
    expect(reply).toMatchObject({ ok: true, text: 'Hi' })
    expect(requests[requests.length - 1]?.params.headers).toMatchObject({
      Authorization: 'Bearer secret',
    })
  })

  test('a refused login ends the test, in the words of the server', async () => {
    world.init = false
    vi.stubGlobal('__ENV', { BASE_URL: baseUrl, TEST_EMAIL: 'a@b.c', TEST_PASSWORD: 'x' })
    serve({ 'POST /api/auth/login': error(401, { detail: 'Wrong password' }) })
    await expect(defineTest({ title: 'a', scenarios }).setup()).rejects.toThrow(Aborted)
    expect(world.aborted).toBe('k6-llm: login failed: http_4xx: HTTP 401: Wrong password')
    expect(requests).toHaveLength(1)
  })

  test('what the script does with the session is what users are given', async () => {
    world.init = false
    serve(vllm)
    const { setup } = defineTest({
      title: 'a',
      scenarios,
      login: { baseUrl, model: 'org/n' },
      setup: (session) => ({ token: session.token, model: session.model }),
    })
    expect(await setup()).toEqual({ token: undefined, model: 'org/n' })
  })

  test('login: false asks nothing', async () => {
    world.init = false
    expect(await defineTest({ title: 'a', scenarios, login: false }).setup()).toBeNull()
    expect(requests).toEqual([])
  })
})

describe('handleSummary', () => {
  const notes = (given: Pick<TestOptions, 'notes'>, setup: unknown) =>
    written(defineTest({ title: 'a', scenarios, ...given }), setup).notes
  const found = { about: 'vLLM, openai-chat, org/m', token: 'secret' }
  const server = { label: 'server', text: found.about }

  test('names the server beside the notes of the script', () => {
    expect(notes({}, found)).toEqual([server])
    expect(notes({ notes: { gpu: 'L4' } }, found)).toEqual([server, { label: 'gpu', text: 'L4' }])
    expect(notes({ notes: 'on L4' }, found)).toEqual([server, { label: 'notes', text: 'on L4' }])
    expect(notes({ notes: () => ({ server: 'mine' }) }, found)).toEqual([
      { label: 'server', text: 'mine' },
    ])
    expect(notes({ notes: 'on L4' }, null)).toEqual([{ text: 'on L4' }])
    const own = { ...found, notes: { 'left out': 'switches' } }
    expect(notes({}, own)).toEqual([server, { label: 'left out', text: 'switches' }])
    expect(notes({ notes: {} }, own)).toEqual([server])
  })

  test('judges by the same SLA and knows the load', () => {
    const report = written(
      defineTest({
        title: 'Load test',
        scenarios,
        sla: { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
      }),
      found,
    )
    expect(report.title).toBe('Load test')
    expect(report.slas[0].name).toBe(slaPresets.guideChat.name)
    expect(JSON.stringify(report)).not.toContain('secret')
  })
})

describe('wrong use', () => {
  const scenarios = { a: { executor: 'constant-vus' } }
  const wrong = (options: unknown) => () => defineTest(options as TestOptions)
  test.each([
    [{ title: 'a', scenarios, slo: {} }, /unknown option "slo"; expected title/],
    [{ scenarios }, /title=undefined: expected a text such as 'load test'/],
    [{ title: 'a' }, /expected scenarios, got none; pass \{ scenarios/],
    [
      { title: 'a', scenarios, login: 'me' },
      /login="me": expected false or options of openSession/,
    ],
    [{ title: 'a', scenarios, setup: {} }, /setup=\{\}: expected a function/],
    [
      { title: 'a', scenarios, options: { thresholds: {} } },
      /options\.thresholds: expected beside/,
    ],
    [{ title: 'a', scenarios, options: [] }, /options=\[\]: expected options of k6/],
    [{ title: 'a', scenarios, notes: 7 }, /createSummary: notes=7/],
    [{ title: 'a', scenarios, unmeasured: 'x', sla: {} }, /unmeasured="x"/],
  ])('%j', (options, message) => {
    expect(wrong(options)).toThrow(message)
  })
})
