import { beforeEach, describe, expect, test, vi } from 'vitest'
import { httpTransport } from '../../../src/chat/transports/http.ts'
import { sseTransport } from '../../../src/chat/transports/sse.ts'
import type { HttpRequest } from '../../../src/chat/transports/transport.ts'
import { body, chunk } from '../../support/answers.ts'
import { world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'
import sse, { closes, type FakeStream, makeOld, opened, play } from '../../support/k6/sse.ts'

const request: HttpRequest = {
  method: 'POST',
  url: 'http://sim/v1/chat/completions',
  headers: { A: 'b' },
  body: '{}',
  timeout: 1500,
  tags: { name: 'x' },
}

beforeEach(() => {
  world.reset()
  world.tick = 0
  requests.length = 0
})

describe('k6/http', () => {
  test('takes its times from k6, not from when the VU went on', async () => {
    respond(() => {
      world.time += 500 // the event loop was busy
      return {
        status: 200,
        body: 'x',
        headers: { A: 'b' },
        // k6's `blocked` holds what `connecting` and `tls_handshaking` took.
        timings: {
          blocked: 1,
          connecting: 0.4,
          tls_handshaking: 0.5,
          sending: 2,
          waiting: 30,
          receiving: 400,
        },
      }
    })
    expect(await httpTransport.send(request)).toEqual({
      source: 'body',
      startedAt: 0,
      headersAt: 33,
      endedAt: 433,
      status: 200,
      headers: { A: 'b' },
      body: 'x',
    })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      params: { timeout: 1500, responseType: 'text', redirects: 0, tags: { name: 'x' } },
    })
  })

  test.each([
    [1050, 'request timeout', 'timeout'],
    [1101, 'lookup: no such host', 'dns'],
    [1212, 'connection refused', 'connect'],
    [1220, 'connection reset by peer', 'reset'],
    [1000, 'unexpected EOF', 'reset'],
    [1310, 'x509: certificate signed by unknown authority', 'tls'],
    [1602, 'stream error', 'reset'],
    [1701, 'unsupported encoding', 'decode'],
    [1000, 'context deadline exceeded', 'timeout'],
  ])('code %i (%s) is %s', async (error_code, error, kind) => {
    respond(() => ({ status: 0, body: null, error, error_code }))
    expect((await httpTransport.send(request)).error).toEqual({ kind, message: error })
  })

  test('an HTTP status is no transport error', async () => {
    respond(() => ({ status: 503, body: 'busy', error_code: 1503 }))
    const recording = await httpTransport.send(request)
    expect(recording.error).toBeUndefined()
    expect(recording).toMatchObject({ status: 503, body: 'busy' })
  })

  test('the option throw of k6 changes nothing', async () => {
    respond(() => {
      throw new Error('dial tcp 127.0.0.1:1: connect: connection refused')
    })
    expect(await httpTransport.send(request)).toMatchObject({
      status: 0,
      error: { kind: 'connect' },
    })
  })
})

describe('k6/x/sse', () => {
  const transport = sseTransport(sse)
  const send = (script: FakeStream) => {
    play(script)
    return transport.send(request)
  }

  test('stores arrival, data and name of each event, and nothing of a ping', async () => {
    const recording = await send({
      headersAt: 5,
      headers: { 'Content-Type': 'text/event-stream' },
      steps: [
        { at: 100, event: { comment: 'ping' } },
        { at: 300, event: { data: 'a' } },
        { at: 320, event: { data: 'b', name: 'delta\r' } },
        { at: 330, end: true },
      ],
    })
    expect(recording).toEqual({
      source: 'stream',
      startedAt: 0,
      headersAt: 5,
      endedAt: 330,
      status: 200,
      headers: { 'Content-Type': 'text/event-stream' },
      at: [300, 320],
      data: ['a', 'b'],
      event: ['', 'delta'],
      raw: [],
      rawAt: [],
    })
    expect(closes).toBe(1) // the idle connection
    expect(opened[opened.length - 1]?.params).toMatchObject({ method: 'POST', timeout: '1500ms' })
  })

  test('closes at [DONE] and takes nothing after it', async () => {
    const recording = await send({
      steps: [
        { at: 1, event: { data: '[DONE]' } },
        { at: 2, event: { data: 'late' } },
        { at: 3, error: 'context canceled' },
      ],
    })
    expect(recording.data).toEqual(['[DONE]'])
    expect(recording.error).toBeUndefined()
    expect(closes).toBe(1)
  })

  test('lines that are no events are kept with their times: rows, error bodies', async () => {
    const recording = await send({
      status: 400,
      steps: [
        { at: 3, error: 'unknown event: {"done":false}\n' },
        { at: 103, error: 'unknown event: {"done":true}\r\n' },
        { at: 104, end: true },
      ],
    })
    expect(recording.raw).toEqual(['{"done":false}', '{"done":true}'])
    expect(recording.rawAt).toEqual([3, 103])
    expect(recording.error).toBeUndefined()
  })

  test('an error of the connection ends the stream: without a close it never would', async () => {
    const recording = await send({
      steps: [
        { at: 10, event: { data: 'a' } },
        { at: 20, error: 'unexpected EOF' },
        { at: 30, event: { data: 'b' } },
      ],
    })
    expect(closes).toBe(1)
    expect(recording.data).toEqual(['a'])
    expect(recording.error).toEqual({ kind: 'reset', message: 'unexpected EOF' })
  })

  test.each([
    ['Post "http://sim": dial tcp 127.0.0.1:1: connect: connection refused', 'connect'],
    ['Post "http://sim": dial tcp: lookup sim on 10.0.0.1:53: no such host', 'dns'],
    ['context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'timeout'],
    ['Post "http://sim": EOF', 'reset'],
    ['tls: failed to verify certificate: x509: unknown authority', 'tls'],
  ])('%s is %s', async (refused, kind) => {
    const recording = await send({ refused })
    expect(recording).toMatchObject({ status: 0, error: { kind } })
    expect(recording.headersAt).toBeUndefined()
  })

  test('an extension without timeout is told of once, and nothing is sent to find out', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const fresh = sseTransport(sse)
    play({ steps: [] })
    await fresh.send(request)
    expect(opened).toHaveLength(1)
    expect(warn).not.toHaveBeenCalled()

    makeOld()
    const other = sseTransport(sse)
    play({ steps: [] })
    await other.send(request)
    await other.send(request)
    expect(opened).toHaveLength(2)
    expect(warn.mock.calls).toEqual([[expect.stringContaining('this k6/x/sse has no timeout')]])
  })

  test('anything but the module is told what to pass', () => {
    expect(() => sseTransport(undefined as never)).toThrow(/import sse from 'k6\/x\/sse'/)
  })

  test('reads the same as a body', async () => {
    const text = body(chunk('a'), chunk('b', 'stop'), '[DONE]')
    expect(text.split('\n\n').length).toBe(4)
  })
})
