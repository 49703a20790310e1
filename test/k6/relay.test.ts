import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isStock, onEachK6 } from '../support/each-k6.ts'
import { startOddServer } from '../support/odd-server.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

onEachK6(
  'through the relay',
  (k6) => {
    let odd: Awaited<ReturnType<typeof startOddServer>>
    let simulator: Simulator
    let relay: RelayProcess
    let run: K6Run
    let results: Map<string, unknown>
    beforeAll(async () => {
      odd = await startOddServer()
      simulator = await startSimulator(
        '--flavor',
        'vllm',
        '--ttft',
        '20',
        '--itl',
        '2',
        '--tokens',
        '20',
      )
      const named = odd.url.replace('127.0.0.1', 'llm.test')
      const allow = [simulator.url, odd.url, named].flatMap((url) => ['--allow', url])
      relay = await startRelayProcess(...allow)
      run = await runK6(k6, 'test/k6/scripts/relay.js', {
        env: { BASE_URL: simulator.url, ODD_URL: odd.url, LLM_RELAY: relay.url },
      })
      results = new Map(
        [...run.output.matchAll(/RESULT ([^\s"]+)/g)].map((match) => {
          const { name, value } = JSON.parse(decodeURIComponent(match[1] ?? ''))
          return [name, value]
        }),
      )
    })
    afterAll(async () => {
      await relay.stop()
      await simulator.stop()
      odd.stop()
    })

    test('a script comes to its end', () => {
      expect(run.code, run.output).toBe(EXIT.ok)
      // Of the relay that is not there k6 itself has a word to say; and each kind of failure is told once.
      const others = run.output
        .split('\n')
        .filter((line) => !/127\.0\.0\.1:1\/|said once/.test(line))
      expect(others.join('\n')).not.toMatch(/level=(error|warning)/)
      expect(results.get('streams at init')).toBe(true)
      expect(results.get('in setup')).toEqual({ ok: true, source: 'stream' })
    })

    describe('an answer is what it is without it', () => {
      test.each([
        ['status 200', { source: 'body', status: 200, body: '{"status":"200"}' }],
        ['status 204', { source: 'body', status: 204, body: '' }],
        ['status 205', { source: 'body', status: 205, body: '{"status":"205"}' }],
        ['status 304', { source: 'body', status: 304, body: '' }],
        ['status 404', { source: 'body', status: 404, body: '{"status":"404"}' }],
        ['status 503', { source: 'body', status: 503, body: '{"status":"503"}' }],
        ['HEAD', { source: 'body', status: 200, body: '' }],
        ['gzip', { source: 'body', status: 200, body: 'zipped' }],
        ['json', { source: 'body', status: 200, body: '{"list":[{"a":1},{"a":2}]}' }],
        ['redirect/302', { source: 'body', status: 302, body: 'go' }],
        ['cut', { status: 200, body: 'part', error: { kind: 'reset' } }],
        ['hang', { status: 0, error: { kind: 'timeout', message: 'request timeout' } }],
        ['ndjson', { source: 'stream', raw: ['{"a":1}', '{"a":2}', '{"a":3}'] }],
      ])('%s', (name, wanted) => {
        expect(results.get(name)).toMatchObject(wanted)
      })

      test.each(['sse', 'sse-gzip'])('%s', (name) => {
        expect(results.get(name)).toMatchObject({
          source: 'stream',
          data: ['one', '{"a":1}', 'a\nb\n c', 'crlf', '', '', '한국어 🙂', 'last', '[DONE]'],
          event: ['', 'named', '', '', '', '', '', '', ''],
        })
      })
    })

    test('headers and bodies arrive as they were meant', () => {
      const { body } = results.get('korean') as { body: string }
      const { method, headers, body: sent } = JSON.parse(body)
      expect(method).toBe('POST')
      expect(sent).toBe('한국어 🙂')
      expect(Buffer.from(headers['X-Name'], 'latin1').toString()).toBe('한국어')
      expect(headers.Origin).toBe('http://a.test')
      expect(Object.keys(headers).join()).not.toMatch(/k6-llm/i)
    })

    test('cookies stay with the address that set them', () => {
      const { body } = results.get('cookie of another host') as { body: string }
      expect(JSON.parse(body).headers.Cookie).toBeUndefined()
      expect(results.get('kept')).toMatchObject({ c: ['1'] })
    })

    test.each([
      ['patience', 'abandoned', 300],
      ['abortAfter.ms', 'aborted', 250],
      ['idle', 'timeout', 300],
    ])('%s before a silent server strikes on time', (name, kind, ms) => {
      const result = results.get(name) as { kind: string; duration: number }
      expect(result.kind).toBe(kind)
      expect(result.duration).toBeGreaterThan(ms * 0.98)
      expect(result.duration).toBeLessThan(ms + 200)
    })

    test('requests of one VU run at once, and whole answers come through it too', () => {
      expect(results.get('at once')).toEqual({ ok: true, inTurns: false })
      expect(results.get('complete')).toEqual({ ok: true, source: 'body', tokens: 20 })
    })

    test('a relay that refuses or is not there is named, with what to do', () => {
      expect(results.get('refused')).toMatchObject({
        status: 0,
        error: { kind: 'relay', message: expect.stringMatching(/does not forward to/) },
      })
      expect(JSON.stringify(results.get('refused'))).not.toContain('secret')
      for (const name of ['gone', 'no relay']) {
        expect(results.get(name), name).toMatchObject({
          kind: 'relay',
          message: expect.stringMatching(/is the relay running \(k6-llm relay\)\?/),
        })
      }
    })

    test('its overhead, its delay, its own failures and its connections are metrics', () => {
      const failed = run.values('llm_relay_errors')
      expect(failed).toEqual([1])
      expect(failed).toEqual(run.values('llm_errors', { error_type: 'relay' }))
      const through = run.values('llm_requests').length - failed.length
      expect(run.values('llm_relay_overhead').length).toBe(through)
      expect(run.values('llm_relay_delay').length).toBe(through)
      expect(Math.min(...run.values('llm_relay_overhead'))).toBeGreaterThanOrEqual(0)
      expect(run.values('llm_connect').length).toBeGreaterThan(0)
    })
  },
  isStock,
)
