import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Node, parse } from 'acorn'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as source from '../../src/index.ts'
import { fixtures, recordingOf, rowFixtures } from '../support/fixtures.ts'

// The source runs on the same stand-ins.
vi.mock('k6', () => import('../support/k6/k6.ts'))
vi.mock('k6/crypto', () => import('../support/k6/crypto.ts'))
vi.mock('k6/encoding', () => import('../support/k6/encoding.ts'))
vi.mock('k6/execution', () => import('../support/k6/execution.ts'))
vi.mock('k6/http', () => import('../support/k6/http.ts'))
vi.mock('k6/metrics', () => import('../support/k6/metrics.ts'))

// dist/index.js in Node, with stand-ins for k6's modules, saying which groups it makes.
const code = readFileSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-lazy-'))
const GROUP =
  /\bfunction\s+use(\w+)\(\)\s*\{\s*return ([\w$]+)\s*\|\|\s*\(\2\s*=\s*\(\(\)\s*=>\s*\{/g

let made: string[] = []
Object.assign(globalThis, { __ENV: {}, __VU: 1, sayMade: (name: string) => made.push(name) })
beforeEach(() => {
  made = []
})

/** A fresh copy of the bundle, as each VU has its own. */
async function load(): Promise<typeof source> {
  const file = join(directory, `${Math.random()}.mjs`)
  const stub = (id: string) =>
    fileURLToPath(new URL(`../support/k6/${id.replace('k6/', '')}.ts`, import.meta.url))
  const told = code
    .replace(
      /(^|;)(\s*import\b[^;']*?from)\s*'(k6[^']*)'/g,
      (_, end: string, head: string, id: string) =>
        `${end}${head} '${pathToFileURL(stub(id)).href}'`,
    )
    .replace(GROUP, (head, name) => `${head}\nsayMade('${name}');`)
  writeFileSync(file, told)
  return import(/* @vite-ignore */ pathToFileURL(file).href)
}

const groups = [...code.matchAll(GROUP)].map((match) => match[1] as string)

describe('what a VU pays', () => {
  test('the bundle is one ES2017 module whose lazy groups are functions', () => {
    parse(code, { ecmaVersion: 2017, sourceType: 'module' })
    expect(code).not.toMatch(/\bimport\(|\beval\(|new Function\(/)
    expect(groups.length).toBeGreaterThanOrEqual(15)
    for (const name of ['Report', 'Models', 'Login', 'OpenaiChat', 'AnthropicMessages']) {
      expect(groups).toContain(name)
    }
  })

  test('loading makes none of them', async () => {
    const library = await load()
    expect(Object.keys(library).sort()).toEqual(Object.keys(source).sort())
    expect(made).toEqual([])
  })

  test('k6 0.47 reads it without a warning: its Babel wants less than 256,000 bytes', () => {
    expect(Buffer.byteLength(code)).toBeLessThan(256_000)
  })

  test('few functions are made at load: each costs 0.7 KB in every VU', () => {
    const program = parse(code, { ecmaVersion: 2017, sourceType: 'module' })
    const functions = program.body.filter((node) => node.type === 'FunctionDeclaration')
    expect(functions.length).toBeLessThanOrEqual(160)
  })

  test('a metric is made at load, never in a group', () => {
    const program = parse(code, { ecmaVersion: 2017, sourceType: 'module' })
    const inGroups = program.body
      .filter((node) => node.type === 'FunctionDeclaration')
      .map((node: Node) => code.slice(node.start, node.end))
      .join('\n')
    const imported = /import\s*\{([^}]*)\}\s*from\s*'k6\/metrics'/.exec(code)?.[1] as string
    const names = imported.split(',').map((name) => name.replace(/.* as /, ''))
    const making = new RegExp(`new (${names.join('|')})\\(`)
    expect(inGroups).not.toMatch(making)
    expect(code).toMatch(making)
  })

  test('what a script does makes what it needs, once', async () => {
    const { interpretStream, createSummary, toThresholds, slaPresets } = await load()
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
    const { interpretStream } = await load()
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
    const { createSummary, slaPresets } = await load()
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
    const library = await load()
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
