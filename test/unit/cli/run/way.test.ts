import { describe, expect, test } from 'vitest'
import { originOf, serversOf, variablesIn } from '../../../../cli/run/addresses.ts'
import { addressesIn } from '../../../../cli/run/addresses-in.ts'
import { withoutProxy } from '../../../../cli/run/relay.ts'
import {
  aboutWay,
  adviseWithoutExtension,
  type Circumstances,
  chooseWay,
} from '../../../../cli/run/way.ts'

const around = (other: Partial<Circumstances> = {}): Circumstances => ({
  engine: { kind: 'k6', streams: false },
  script: { path: 'test.js', streams: false },
  relay: undefined,
  allow: ['http://llm:8000'],
  ...other,
})
const withExtension = { kind: 'k6', streams: true } as const

describe('how tokens are seen arriving', () => {
  test.each([
    ['a stock k6 goes by the relay', {}, 'relay'],
    ['one with the extension by that', { engine: withExtension }, 'sse'],
    ['unless the relay is asked for', { engine: withExtension, asked: 'relay' }, 'relay'],
    ["or the user's own is named", { engine: withExtension, relay: 'http://r:1' }, 'relay'],
    ['the preview goes by the relay too', { engine: { kind: 'preview', streams: true } }, 'relay'],
    ['the extension may be fetched', { asked: 'sse' }, 'sse'],
    ['none is none', { asked: 'none', relay: 'http://r:1' }, 'none'],
    ['a script that imports it goes by it', { script: { path: 't.js', streams: true } }, 'sse'],
  ] as const)('%s', (_, other, way) => {
    expect(chooseWay(around({ ...other, allow: ['http://llm:8000'] })).way).toBe(way)
  })

  test('without an address it says what to give', () => {
    const choice = chooseWay(around({ allow: [] }))
    expect(choice.way).toBe('none')
    expect(aboutWay(choice, '')).toMatch(
      /^no token is seen arriving, .* \(no address .* give it by -e BASE_URL=/,
    )
    const preview = { kind: 'preview', streams: true } as const
    expect(chooseWay(around({ engine: preview, allow: [] })).way).toBe('sse')
    expect(() => chooseWay(around({ allow: [], asked: 'relay' }))).toThrow('-e BASE_URL=')
  })

  test('the relay is refused where the script would go past it', () => {
    const script = { path: 'examples/xk6-sse/a.js', streams: true }
    expect(() => chooseWay(around({ script, asked: 'relay' }))).toThrow(
      'goes before the relay; expected a script without it: k6-llm run examples/a.js',
    )
  })

  test('where the extension cannot be had the relay is the way out', () => {
    const script = { path: 'examples/xk6-sse/a.js', streams: true }
    const stock = { streams: false, version: '2.2.0' }
    const advice = adviseWithoutExtension(107, stock, script)
    expect(advice).toMatch(/fetches it where it is online.*k6-llm run examples\/a\.js$/)
    expect(adviseWithoutExtension(107, { ...stock, version: '1.1.0' }, script)).toContain(
      'does not fetch it; k6 1.2 or newer does',
    )
    expect(adviseWithoutExtension(99, stock, script)).toBeUndefined()
    expect(adviseWithoutExtension(107, { ...stock, streams: true }, script)).toBeUndefined()
  })
})

describe('what the relay of a run forwards to', () => {
  const nothing = { addresses: [], addressVariables: [] }

  test('the addresses in variables, as origins; those of the command before the environment', () => {
    const given = { BASE_URL: 'https://user:secret@llm:8443/v1/', MODEL: 'a', FAST_URL: 'http://f' }
    const environment = {
      BASE_URL: 'http://other',
      API_BASE_URL: 'http://api:1',
      X_URL: 'http://x',
    }
    expect(serversOf(nothing, given, environment)).toEqual([
      'https://llm:8443',
      'http://f',
      'http://api:1',
    ])
    const script = {
      addresses: [{ address: 'http://lit/', insteadOf: [] }],
      addressVariables: ['X_URL'],
    }
    expect(serversOf(script, {}, { X_URL: ' http://x/a ' }, ['http://more'])).toEqual([
      'http://more',
      'http://x',
      'http://lit',
    ])
  })

  test('what is no address of a server is none', () => {
    for (const text of ['', 'llm:8000', 'redis://x', 'http://', undefined]) {
      expect(originOf(text), text).toBeUndefined()
    }
  })

  test('what stands in code for a variable that is set is not addressed', () => {
    const addresses = [
      { address: 'http://fallback', insteadOf: ['API_BASE_URL', 'BASE_URL'] },
      { address: 'http://other', insteadOf: ['OTHER'] },
    ]
    const script = { addresses, addressVariables: [] }
    const both = ['http://fallback', 'http://other']
    expect(serversOf(script, { BASE_URL: 'http://a' }, {})).toEqual(['http://a', 'http://other'])
    expect(serversOf(script, {}, { BASE_URL: 'http://a' })).toEqual(['http://a', 'http://other'])
    expect(serversOf(script, { BASE_URL: '' }, {})).toEqual(both)
    expect(serversOf(script, {}, { OTHER: 'http://not-the-scripts' })).toEqual(both)
  })

  test.each([
    ["a('http://a:1/v1')", 'http://a:1/v1', []],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    ['a(`https://a/${x}`)', 'https://a/', []],
    ["__ENV.B_URL || 'http://a'", 'http://a', ['B_URL']],
    ["__ENV['API_URL'] ?? __ENV.B_URL ?? 'http://a'", 'http://a', ['API_URL', 'B_URL']],
    ["env.url('B_URL', 'http://a')", 'http://a', ['B_URL']],
    ["env.url('A_URL', env.url('B_URL', 'http://a'))", 'http://a', ['A_URL', 'B_URL']],
    ["__ENV.SERVER ? __ENV.SERVER : 'http://a'", 'http://a', ['SERVER']],
    ["__ENV.PLACE === 'x' ? y : 'http://a'", 'http://a', []],
    ["const { B_URL = 'http://a' } = __ENV", 'http://a', ['B_URL']],
    ["const HOME = 'http://a'; go(__ENV.B_URL || HOME)", 'http://a', ['B_URL']],
    ["export const HOME = 'http://a'", 'http://a', []],
    ["createChatClient({ baseUrl: 'http://a' })", 'http://a', []],
  ])('%s', (code, address, insteadOf) => {
    expect(addressesIn(code)).toEqual([{ address, insteadOf }])
  })

  test('a text that speaks of an address is none', () => {
    expect(addressesIn("log('see http://c')")).toEqual([])
  })

  test("k6's own -e counts", () => {
    const args = ['--vus', '1', '-e', 'BASE_URL=http://a', '--env=MODEL=m=1', '-eX=2', '-e']
    expect(variablesIn(args)).toEqual({ BASE_URL: 'http://a', MODEL: 'm=1', X: '2' })
  })
})

test('k6 asks the relay without its proxy, and all others as before', () => {
  const own = '127.0.0.1'
  expect(withoutProxy({})).toEqual({ NO_PROXY: own, no_proxy: own })
  const both = { NO_PROXY: `corp,${own}`, no_proxy: `corp,${own}` }
  expect(withoutProxy({ no_proxy: 'corp' })).toEqual(both)
})
