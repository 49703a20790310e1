import { describe, expect, test } from 'vitest'
import { readAllowList, refuseCaller, refuseTarget } from '../../../relay/allow.ts'

describe('a target', () => {
  const allowed = readAllowList(['http://127.0.0.1:8000', 'https://llm.test/v1'])
  test.each([
    ['http://127.0.0.1:8000/v1/chat/completions?x=1', true],
    ['https://llm.test/', true],
    ['https://llm.test:443/', true],
    ['http://llm.test/', false],
    ['https://llm.test:8443/', false],
    ['http://127.0.0.1:8001/', false],
    ['http://127.0.0.1:8000@evil.test/', false],
    ['http://localhost:8000/', false],
  ])('%s is forwarded to: %s', (url, wanted) => {
    expect(refuseTarget(new URL(url), allowed) === undefined).toBe(wanted)
  })

  test('that is refused is told with what is allowed, without its path', () => {
    expect(refuseTarget(new URL('http://u:secret@a.test/path?key=1'), allowed)).toBe(
      'the relay does not forward to http://a.test; it was started for http://127.0.0.1:8000, https://llm.test (--allow)',
    )
  })

  test.each(['', 'localhost:8000', 'ftp://a.test', '*'])('--allow %j is no address', (value) => {
    expect(() => readAllowList([value])).toThrow(/expected an http or https address/)
  })
})

describe('a caller', () => {
  const names = new Set(['relay'])
  test.each([
    [{ host: '127.0.0.1:9470' }, true],
    [{ host: 'localhost:9470' }, true],
    [{ host: '[::1]:9470' }, true],
    [{ host: '10.0.0.7' }, true],
    [{ host: 'Relay:9470' }, true],
    [{ host: 'evil.test:9470' }, false],
    [{ host: '127.0.0.1.evil.test' }, false],
    [{ host: '' }, false],
    [{}, false],
    [{ host: '127.0.0.1:9470', origin: 'http://127.0.0.1:9470' }, false],
    [{ host: '127.0.0.1:9470', origin: 'null' }, false],
    [{ host: '127.0.0.1:9470', 'sec-fetch-site': 'none' }, false],
  ])('with %j is served: %s', (headers, wanted) => {
    expect(refuseCaller(headers, names) === undefined).toBe(wanted)
  })
})
