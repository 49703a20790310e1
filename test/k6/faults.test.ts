import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../cli/find-k6.ts'
import type { ChatError } from '../../src/chat/result.ts'
import { isStock, onEachK6, variant } from '../support/each-k6.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

interface Result {
  fault: string
  ok: boolean
  error: ChatError | null
  text: string
  chunks: number
  buffered?: boolean
}

/** Each fault with the kind it must be given; `stream` where the extension sees another. */
const FAULTS: { fault: string; kind: string | null; stream?: string; available: boolean }[] = [
  { fault: '401', kind: 'http_4xx', available: true },
  { fault: '404', kind: 'http_4xx', available: true },
  { fault: '422', kind: 'http_4xx', available: true },
  { fault: '429', kind: 'http_429', available: true },
  { fault: '500', kind: 'http_5xx', available: false },
  { fault: '502', kind: 'http_5xx', available: false },
  { fault: '503', kind: 'http_5xx', available: false },
  { fault: 'reset', kind: 'reset', available: false },
  { fault: 'reset-before-headers', kind: 'reset', available: false },
  { fault: 'stall', kind: 'timeout', available: false },
  { fault: 'stall-before-headers', kind: 'timeout', available: false },
  { fault: 'error-event', kind: 'stream_error', available: true },
  { fault: 'error-event-no-done', kind: 'stream_error', available: true },
  { fault: 'error-first', kind: 'stream_error', available: true },
  { fault: 'truncated', kind: 'truncated', available: true },
  { fault: 'malformed', kind: 'decode', available: true },
  { fault: 'empty', kind: 'decode', available: true },
  // A JSON body in place of the stream: read whole by k6/http, lost by the extension.
  { fault: 'json-instead', kind: null, stream: 'decode', available: true },
  { fault: 'buffer', kind: null, available: true },
  { fault: 'plain-type', kind: null, available: true },
  { fault: 'no-done', kind: null, available: true },
  { fault: 'no-usage', kind: null, available: true },
]

onEachK6('every fault', (k6) => everyFault(k6, false))
// The kinds are those of stock k6; the events are seen arriving all the same.
onEachK6('every fault through the relay', (k6) => everyFault(k6, true), isStock)

function everyFault(k6: Engine, relayed: boolean) {
  let simulator: Simulator
  let relay: RelayProcess | undefined
  let run: K6Run
  let results: Map<string, Result>
  beforeAll(async () => {
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
    if (relayed) relay = await startRelayProcess('--allow', simulator.url)
    run = await runK6(k6, variant(k6, 'test/k6/scripts/faults.js'), {
      env: {
        BASE_URL: simulator.url,
        FAULTS: FAULTS.map((f) => f.fault).join(','),
        ...(relay && { LLM_RELAY: relay.url }),
      },
    })
    results = new Map(
      run.output
        .split('\n')
        .filter((line) => line.includes('RESULT '))
        .map((line) => {
          const json = line.slice(line.indexOf('RESULT ') + 7).replace(/" source=console$/, '')
          const result = JSON.parse(json.includes('\\"') ? json.replace(/\\(.)/g, '$1') : json)
          return [result.fault, result]
        }),
    )
  })
  afterAll(async () => {
    await relay?.stop()
    await simulator.stop()
  })

  test('hangs no VU, and the run comes to its end', () => {
    expect(run.code).toBe(EXIT.ok)
    expect(run.values('tests_done')).toEqual([1])
    expect(results.get('none')).toMatchObject({ ok: true, error: null, chunks: 20 })
  })

  describe.each(FAULTS)('$fault', ({ fault, kind, stream, available }) => {
    const expected = () => (k6.streams && stream ? stream : kind)

    test('has its kind', () => {
      const result = results.get(fault) as Result
      expect(result.ok).toBe(expected() === null)
      expect(result.error?.kind ?? null).toBe(expected())
      expect(available || expected() !== null).toBe(true)
    })
  })

  test('each is counted once, in every share', () => {
    const kinds = FAULTS.map((f) => (k6.streams && f.stream ? f.stream : f.kind))
    const failed = kinds.filter((kind) => kind !== null)
    expect(run.values('llm_requests')).toHaveLength(FAULTS.length + 1)
    expect(run.values('llm_failed').filter((v) => v === 1)).toHaveLength(failed.length)
    expect(run.values('llm_available').filter((v) => v === 0)).toHaveLength(
      FAULTS.filter((f) => !f.available).length,
    )
    for (const kind of new Set(failed)) {
      const tag = { error_type: kind as string }
      expect(run.values('llm_errors', tag), kind as string).toHaveLength(
        failed.filter((k) => k === kind).length,
      )
    }
  })

  test('Retry-After is kept', () => {
    expect(results.get('429')?.error?.retryAfter).toBe(1000)
  })

  test('what was streamed before the fault is kept', () => {
    for (const fault of ['reset', 'stall', 'error-event', 'truncated']) {
      expect(results.get(fault)?.chunks, fault).toBe(5)
    }
  })

  test('no request is sent twice', async () => {
    const kept = await simulator.requests('/v1/chat/completions')
    expect(kept).toHaveLength(FAULTS.length + 1)
  })

  test('a proxy that buffers is seen by a reader of the stream, and by no other', () => {
    const seen = k6.streams || relayed
    expect(results.get('buffer')?.buffered).toBe(seen ? true : undefined)
    expect(run.values('llm_buffered').includes(1)).toBe(seen)
  })
}
