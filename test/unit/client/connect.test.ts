import { beforeEach, expect, test, vi } from 'vitest'
import { createChatClient } from '../../../src/client/chat-client.ts'
import { world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

const chat = () => createChatClient({ baseUrl: 'http://sim', token: 'secret', tags: { part: 'a' } })

beforeEach(() => {
  world.reset()
  samples.length = 0
  requests.length = 0
  vi.stubGlobal('__ENV', {})
})

test('connect records what a new connection took, whatever the server answers', async () => {
  respond(() => ({
    status: 405,
    timings: { blocked: 6.5, connecting: 0.5, tls_handshaking: 4, waiting: 30 },
  }))
  expect(await chat().connect({ tags: { part: 'b' } })).toEqual({
    ok: true,
    duration: 6.5,
    lookup: 2,
    tcp: 0.5,
    tls: 4,
    reused: false,
    error: null,
  })
  expect(valuesOf('llm_connect', { part: 'b', api: 'openai-chat' })).toEqual([6.5])
  expect(valuesOf('llm_requests')).toEqual([])
  expect(requests).toMatchObject([{ method: 'HEAD', url: 'http://sim/', body: null }])
  expect(requests[0]?.params).toMatchObject({
    timeout: 10000,
    responseCallback: null,
    tags: { name: 'connect' },
  })
  expect(JSON.stringify(requests)).not.toContain('secret')
})

test('a connection that was there already is no measurement', async () => {
  respond(() => ({ status: 200, timings: { blocked: 0.01, waiting: 30 } }))
  expect(await chat().connect()).toEqual({ ok: false, reused: true, error: null })
  expect(valuesOf('llm_connect')).toEqual([])
})

test('a server that is not there is data, and no sample', async () => {
  respond(() => ({ status: 0, error: 'dial tcp 127.0.0.1:1: connect: connection refused' }))
  expect(await chat().connect({ timeout: '2s' })).toMatchObject({
    ok: false,
    reused: false,
    error: { kind: 'connect', message: expect.stringContaining('refused') },
  })
  respond(() => {
    throw new Error('lookup sim: no such host') // k6's option `throw`
  })
  expect(await chat().connect()).toMatchObject({ ok: false, error: { kind: 'dns' } })
  expect(valuesOf('llm_connect')).toEqual([])
})

test('a wrong option ends the test', async () => {
  await expect(chat().connect({ model: 'm' } as never)).rejects.toThrow(/unknown option "model"/)
})
