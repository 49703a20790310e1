import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Node, parse } from 'acorn'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as source from '../../src/index.ts'
import { fixtures, recordingOf, rowFixtures } from '../support/fixtures.ts'
import * as crypto from '../support/k6/crypto.ts'
import * as data from '../support/k6/data.ts'
import * as encoding from '../support/k6/encoding.ts'
import * as execution from '../support/k6/execution.ts'
import * as http from '../support/k6/http.ts'
import * as k6 from '../support/k6/k6.ts'
import * as metrics from '../support/k6/metrics.ts'

// The source runs on the same stand-ins.
vi.mock('k6', () => import('../support/k6/k6.ts'))
vi.mock('k6/crypto', () => import('../support/k6/crypto.ts'))
vi.mock('k6/encoding', () => import('../support/k6/encoding.ts'))
vi.mock('k6/execution', () => import('../support/k6/execution.ts'))
vi.mock('k6/data', () => import('../support/k6/data.ts'))
vi.mock('k6/http', () => import('../support/k6/http.ts'))
vi.mock('k6/metrics', () => import('../support/k6/metrics.ts'))

// dist/index.cjs in Node, with stand-ins for k6's modules, saying which groups it makes.
const code = readFileSync(fileURLToPath(new URL('../../dist/index.cjs', import.meta.url)), 'utf8')
const GROUP =
  /\bfunction\s+use(\w+)\(\)\s*\{\s*return ([\w$]+)\s*\|\|\s*\(\2\s*=\s*\(\(\)\s*=>\s*\{/g
const told = code.replace(GROUP, (head, name) => `${head}\nsayMade('${name}');`)

/** What `require` gives in k6: of some modules the default export is all that there is. */
const K6: { [id: string]: object } = {
  k6,
  'k6/crypto': crypto,
  'k6/data': data,
  'k6/encoding': encoding,
  'k6/execution': execution.default,
  'k6/http': http.default,
  'k6/metrics': metrics,
}

let made: string[] = []
Object.assign(globalThis, { __ENV: {}, __VU: 1 })
beforeEach(() => {
  made = []
})

/** A fresh copy of the bundle, as each VU has its own. */
function load(): typeof source {
  const exports = {}
  const require = (id: string) => {
    if (!K6[id]) throw new Error(`unknown module: ${id}`)
    return K6[id]
  }
  const sayMade = (name: string) => made.push(name)
  new Function('require', 'exports', 'sayMade', told)(require, exports, sayMade)
  return exports as typeof source
}

const groups = [...code.matchAll(GROUP)].map((match) => match[1] as string)

describe('what a VU pays', () => {
  test('the bundle is one ES2017 script whose lazy groups are functions', () => {
    parse(code, { ecmaVersion: 2017 })
    expect(code).not.toMatch(/\bimport\(|\beval\(|new Function\(/)
    expect(groups.length).toBeGreaterThanOrEqual(15)
    for (const name of ['Report', 'Models', 'Login', 'OpenaiChat', 'AnthropicMessages']) {
      expect(groups).toContain(name)
    }
  })

  test('loading makes none of them', async () => {
    const library = load()
    expect(Object.keys(library).sort()).toEqual(Object.keys(source).sort())
    expect(made).toEqual([])
  })

  test('few functions are made at load: each costs 0.7 KB in every VU', () => {
    const program = parse(code, { ecmaVersion: 2017 })
    const functions = program.body.filter((node) => node.type === 'FunctionDeclaration')
    expect(functions.length).toBeLessThanOrEqual(160)
  })

  test('a metric is made at load, never in a group', () => {
    const program = parse(code, { ecmaVersion: 2017 })
    const inGroups = program.body
      .filter((node) => node.type === 'FunctionDeclaration')
      .map((node: Node) => code.slice(node.start, node.end))
      .join('\n')
    const name = /([\w$]+)\s*=\s*require\('k6\/metrics'\)/.exec(code)?.[1] as string
    const making = new RegExp(`new ${name}\\.(Trend|Counter|Rate|Gauge)\\(`)
    expect(inGroups).not.toMatch(making)
    expect(code).toMatch(making)
  })

  test('what a script does makes what it needs, once', async () => {
    const { interpretStream, createSummary, toThresholds, slaPresets } = load()
    const dialects = () => made.filter((name) => /Chat|Messages|Generate|Gateway/.test(name))
    for (let i = 0; i < 2; i++) interpretStream('data: {}\n\n', { api: 'anthropic-messages' })
    expect(dialects()).toEqual(['AnthropicMessages'])
    interpretStream('data: {}\n\n', { api: 'gateway' })
    expect(dialects()).toEqual(['AnthropicMessages', 'Gateway', 'OpenaiChat'])
    toThresholds(slaPresets.guideStreaming)
    createSummary({ sla: slaPresets.guideStreaming })
    expect(made).not.toContain('Report')
    expect(made).not.toContain('Models')
    expect(made.length).toBe(new Set(made).size)
  })
})

describe('the bundle does what the source does', () => {
  test('on every fixture, as a body and as a recording', async () => {
    const { interpretStream } = load()
    const all = [...fixtures(/./), ...rowFixtures()]
    expect(all.length).toBeGreaterThan(20)
    for (const { name, api, text } of all) {
      const options = { api, request: { prompt: '?', echo: true } }
      expect(interpretStream(text, options), name).toEqual(source.interpretStream(text, options))
    }
    for (const { name, api, expected } of fixtures(/./)) {
      const recording = recordingOf(expected)
      expect(interpretStream(recording, { api }), name).toEqual(
        source.interpretStream(recording, { api }),
      )
    }
  })

  test('a summary is rendered by a group that is made at the end', async () => {
    const { createSummary, slaPresets } = load()
    const options = { sla: slaPresets.guideStreaming, formats: ['text' as const] }
    const handleSummary = createSummary(options)
    const data = {
      metrics: {
        llm_requests: { type: 'counter', contains: 'default', values: { count: 3, rate: 1 } },
        llm_failed: { type: 'rate', contains: 'default', values: { rate: 0, passes: 0, fails: 3 } },
      },
      root_group: { name: '', checks: [], groups: [] },
      options: {},
      state: { testRunDurationMs: 3000 },
    }
    expect(made).not.toContain('Report')
    const { stdout, stderr } = handleSummary(data)
    expect(stderr).toBeUndefined()
    expect(made).toContain('Report')
    const date = /\d{4}-\d\d-\d\d.*/g
    const wanted = source.createSummary(options)(data).stdout as string
    const version = /k6-llm (__VERSION__|[\d.]+)/g
    const plain = (text: string) => text.replace(date, '').replace(version, 'k6-llm')
    expect(plain(stdout as string)).toBe(plain(wanted))
  })

  test('wrong use ends with the same message', async () => {
    const library = load()
    const said = async (run: () => unknown) => {
      try {
        await run()
      } catch (error) {
        return String(error)
      }
      return 'no error'
    }
    for (const use of [
      (l: typeof source) => l.interpretStream('', { api: 'none' as 'gateway' }),
      (l: typeof source) => l.createModelManager({ backend: 'none' as 'gateway' }),
      (l: typeof source) => l.login({ baseUrl: 'http://127.0.0.1:1' }),
      (l: typeof source) => l.scaleProfile(null as never),
      (l: typeof source) => l.sseTransport(null as never),
    ]) {
      const wanted = await said(() => use(source))
      expect(wanted).not.toBe('no error')
      expect(await said(() => use(library))).toBe(wanted)
    }
  })
})
