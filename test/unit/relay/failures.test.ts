import { describe, expect, test } from 'vitest'
import { createFailures, mergeFailures } from '../../../relay/record/failures.ts'
import { wentWell } from '../../../relay/record/recorder.ts'

const failed = (message: string, status = 500, kind = 'http_5xx' as const) => ({
  status,
  error: { kind, message },
})

describe('failures of a run', () => {
  test('are counted by kind, status and words; numbers and ids do not tell two apart', () => {
    const failures = createFailures()
    failures.add(failed('request 8f2c11d0aa failed after 12 s'), 1000)
    failures.add(failed('request 91ab33cc77 failed after 7 s'), 1002)
    failures.add(failed('engine is dead'), 1001)
    failures.add({ status: 200 }, 1000)
    expect(failures.list(1000)).toEqual([
      { kind: 'http_5xx', status: 500, words: 'request 8f2c11d0aa failed after 12 s', count: 2 },
      { kind: 'http_5xx', status: 500, words: 'engine is dead', count: 1 },
    ])
  })

  test('are those of the run that is asked for', () => {
    const failures = createFailures()
    failures.add(failed('old'), 1000)
    failures.add(failed('new'), 60_000)
    expect(failures.list(60_040).map(({ words }) => words)).toEqual(['new'])
    expect(failures.list(200_000)).toEqual([])
  })

  test('of many sorts are bounded, and none is lost', () => {
    const failures = createFailures()
    const word = (i: number) => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))
    for (let i = 0; i < 200; i++) failures.add(failed(`no ${word(i)}`), 0)
    const list = failures.list(0)
    expect(list.length).toBeLessThanOrEqual(51)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(200)
    expect(list[0]?.words).toBe('(others)')
  })

  test('of several processes are put together', () => {
    const one = { kind: 'dns', status: 0, words: 'no such host', count: 2 } as const
    expect(mergeFailures([[one], [{ ...one, count: 3 }], []])).toEqual([{ ...one, count: 5 }])
  })
})

describe('what needs no reading without a record', () => {
  const document = (data: string[], status = 200) =>
    Buffer.from(
      `{"v":1,"startedAt":1,"status":${status},"headers":{},"source":"stream",` +
        `"data":${JSON.stringify(data)},"at":[1,2],"event":[],"raw":[],"rawAt":[],"unterminated":false}`,
    )
  const last = (reason: string) => `{"choices":[{"delta":{},"finish_reason":"${reason}"}]}`

  test('is a stream that came to its end mark with a finish reason of success', () => {
    expect(wentWell(document([last('stop'), '[DONE]']))).toBe(true)
    expect(wentWell(document([last('length'), '[DONE]']))).toBe(true)
  })

  test.each([
    ['a status', document([last('stop'), '[DONE]'], 500)],
    ['no end mark', document([last('stop')])],
    ['no finish reason', document(['{}', '[DONE]'])],
    ['a finish reason of failure', document([last('network_error'), '[DONE]'])],
    ['an error beside it', document([last('stop'), '{"error":{}}', '[DONE]'])],
    ['a body', Buffer.from('{"v":1,"status":200,"source":"body","body":"{}"}')],
  ])('is none with %s', (_what, bytes) => {
    expect(wentWell(bytes)).toBe(false)
  })
})
