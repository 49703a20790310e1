import { describe, expect, test } from 'vitest'
import { readCookies, requestHeaders, wantsClose } from '../../../relay/target/headers.ts'
import { checkAddress, chooseAddress, resolveName } from '../../../relay/target/names.ts'
import { proxyFor } from '../../../relay/target/proxies.ts'

describe('k6 options on the way', () => {
  const hosts = {
    'a.test': '10.0.0.1',
    'a.test:8443': '10.0.0.2:9443',
    '*.b.test': '10.0.0.3',
    'c.test': '[::1]:90',
    'd.test': '::1',
  }
  test.each([
    ['a.test', 80, { host: '10.0.0.1', port: 80 }],
    ['a.test', 8443, { host: '10.0.0.2', port: 9443 }],
    ['x.b.test', 80, { host: '10.0.0.3', port: 80 }],
    ['c.test', 80, { host: '::1', port: 90 }],
    ['d.test', 80, { host: '::1', port: 80 }],
    ['e.test', 80, { host: 'e.test', port: 80 }],
  ])('hosts: %s:%i goes to %j', (name, port, wanted) => {
    expect(resolveName(name, port, { hosts })).toEqual(wanted)
  })

  test('blockHostnames and blacklistIPs are errors of their own', () => {
    const block = { blockHostnames: ['*.test'], blacklistIPs: ['10.0.0.0/8', '::1'] }
    expect(() => resolveName('a.test', 80, block)).toThrow('hostname (a.test) is in a blocked')
    expect(() => checkAddress('10.1.2.3', block)).toThrow('IP (10.1.2.3) is in a blacklisted range')
    expect(() => checkAddress('::1', block)).toThrow('IP (::1)')
    expect(checkAddress('11.1.2.3', block)).toBeUndefined()
  })

  const both = [
    { address: '::1', family: 6 },
    { address: '1.1.1.1', family: 4 },
    { address: '2.2.2.2', family: 4 },
  ]
  test.each([
    [undefined, 0, '1.1.1.1'],
    [undefined, 0.9, '2.2.2.2'],
    [{ select: 'first' }, 0.9, '1.1.1.1'],
    [{ policy: 'preferIPv6' }, 0.9, '::1'],
    [{ policy: 'onlyIPv6' }, 0.9, '::1'],
    [{ policy: 'any' }, 0, '::1'],
  ])('dns %j takes at %d the address %s', (dns, draw, wanted) => {
    expect(chooseAddress(both, dns, () => draw)).toBe(wanted)
  })

  test('a name without an address of the family has none', () => {
    expect(chooseAddress([{ address: '::1', family: 6 }], { policy: 'onlyIPv4' })).toBeUndefined()
  })
})

describe('the proxy', () => {
  const all = { HTTP_PROXY: 'http://p:1', https_proxy: 's:2' }
  test.each([
    ['http://a.test/', all, 'http://p:1/'],
    ['https://a.test/', all, 'http://s:2/'],
    ['http://127.0.0.1/', all, undefined],
    ['http://localhost/', all, undefined],
    ['http://[::1]/', all, undefined],
    ['http://a.test/', {}, undefined],
    ['http://a.test/', { ...all, NO_PROXY: 'b.test, a.test' }, undefined],
    ['http://x.a.test/', { ...all, NO_PROXY: 'a.test' }, undefined],
    ['http://a.test/', { ...all, NO_PROXY: '.a.test' }, 'http://p:1/'],
    ['http://xa.test/', { ...all, NO_PROXY: 'a.test' }, 'http://p:1/'],
    ['http://a.test:81/', { ...all, NO_PROXY: 'a.test:80' }, 'http://p:1/'],
    ['http://10.1.2.3/', { ...all, no_proxy: '10.0.0.0/8' }, undefined],
    ['http://a.test/', { ...all, NO_PROXY: '*' }, undefined],
  ])('for %s with %j is %s', (url, environment, wanted) => {
    expect(proxyFor(new URL(url), environment)?.href).toBe(wanted)
  })

  test('of another kind is an error that does not show its password', () => {
    expect(() => proxyFor(new URL('http://a.test'), { HTTP_PROXY: 'socks5://u:pw@p' })).toThrow(
      /^proxies of the kind socks5: are not supported/,
    )
  })
})

describe('headers', () => {
  test('of the script go out as UTF-8, those of a connection do not', () => {
    const given = { 'X-Name': '한', Connection: 'close', 'content-length': '9', Host: 'h.test' }
    expect(requestHeaders(given, 'k6/2.2.0')).toEqual([
      ...['X-Name', Buffer.from('한').toString('latin1'), 'Host', 'h.test'],
      ...['User-Agent', 'k6/2.2.0', 'Accept-Encoding', 'identity'],
    ])
    expect(wantsClose(given)).toBe(true)
  })

  test("of the script win over the relay's", () => {
    const given = { 'accept-encoding': 'gzip', 'user-agent': 'me' }
    expect(requestHeaders(given, 'k6')).toEqual(['accept-encoding', 'gzip', 'user-agent', 'me'])
  })

  test('Set-Cookie is read for the jar of k6', () => {
    const line = 'a=b=c; Path=/x; Max-Age=60; Secure; HttpOnly; Domain=t.test; SameSite=Lax'
    expect(readCookies({ 'set-cookie': [line, 'plain=1', '=none', 'no pair'] })).toEqual([
      {
        name: 'a',
        value: 'b=c',
        attributes: { path: '/x', max_age: 60, secure: true, http_only: true, domain: 't.test' },
      },
      { name: 'plain', value: '1', attributes: {} },
    ])
  })
})
