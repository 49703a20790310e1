import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { afterAll, describe, expect, test } from 'vitest'
import { readScript } from '../../../../cli/run/script.ts'
import { wrapperText, writeWrapper } from '../../../../cli/run/wrapper.ts'

const folder = mkdtempSync(join(tmpdir(), 'k6 llm wrapper-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

describe('readScript', () => {
  test('knows what a script exports, also what another file exports for it', async () => {
    write('parts.js', 'export const options = {}\nexport function teardown() {}\n')
    const path = write(
      'test.js',
      "import { sleep } from 'k6'\nexport * from './parts.js'\nexport const setup = () => sleep(1)\n" +
        'export default async function () {}\n',
    )
    const script = await readScript(path)
    expect(script.exports.sort()).toEqual(['default', 'options', 'setup', 'teardown'])
    expect(script).toMatchObject({
      path,
      streams: false,
      importsLibrary: false,
      variant: undefined,
    })
  })

  test('the addresses of its code are servers; what it imports from a CDN is none', async () => {
    const cdn = 'https://cdn.example/k6-llm@0.1.0/dist/index.js'
    const path = write(
      'remote.js',
      `import { env } from '${cdn}'\n` +
        "export default function () { env.string('B_URL', 'http://llm:8000') }\n",
    )
    expect(await readScript(path)).toMatchObject({
      addresses: [{ address: 'http://llm:8000', insteadOf: ['B_URL'] }],
      addressVariables: ['B_URL'],
    })
  })

  test('reads TypeScript, knows the library and the variant beside it', async () => {
    const cdn = 'https://cdn.jsdelivr.net/npm/k6-llm@0.1.0/dist/index.js'
    const path = write(
      'typed.ts',
      `import { env } from '${cdn}'\nexport default function (): void { env.string('A' as string) }\n`,
    )
    write('xk6-sse/typed.ts', "import 'k6/x/sse'\nexport { default } from '../typed.ts'\n")
    const script = await readScript(path)
    expect(script).toMatchObject({ exports: ['default'], streams: false, importsLibrary: true })
    expect(script.variant).toBe(join(folder, 'xk6-sse', 'typed.ts'))
    expect(await readScript(script.variant as string)).toMatchObject({
      exports: ['default'],
      streams: true,
      importsLibrary: true,
    })
  })

  test.each([
    ['missing', undefined, /missing: no such file; expected the path of a k6 script/],
    ['broken.js', 'export default function () {', /broken\.js: .*broken\.js:1: Unexpected end/],
    ['lost.js', "import './gone.js'", /lost\.js: lost\.js:1: Could not resolve "\.\/gone\.js"$/],
    [
      'bare.js',
      "import { x } from 'k6-llm-not-there'\nexport default () => x",
      /Could not resolve "k6-llm-not-there"; k6 reads no packages by name: write a path/,
    ],
  ])('%s: says what is wrong and where', async (name, text, message) => {
    const path = text === undefined ? join(folder, name) : write(name, text)
    await expect(readScript(path)).rejects.toThrow(message)
  })
})

const examples = readdirSync(new URL('../../../../examples/', import.meta.url)).filter((file) =>
  file.endsWith('.js'),
)

describe('the wrapper', () => {
  test('imports the extension first, and names only what there is', () => {
    const text = wrapperText(
      { path: '/a/my test.js', exports: ['default', 'setup', 'options'] },
      { stream: true },
    )
    const lines = text.split('\n')
    expect(lines[1]).toMatch(/^import "file:\/\/\/.*\/dist\/xk6-sse\.js"$/)
    expect(lines.slice(2)).toEqual([
      'import main, { options, setup } from "./my test.js"',
      '',
      'export { options, setup }',
      'export default main',
      '',
    ])
  })

  test('without a default function there is none', () => {
    const text = wrapperText({ path: '/a/t.js', exports: ['options', 'chat'] }, { stream: true })
    expect(text).toContain('import { chat, options } from "./t.js"')
    expect(text).not.toContain('default')
  })

  test('is what k6 0.47 reads, and hands on what the summary of the script said', async () => {
    const told = '/tmp/out come.json'
    const text = wrapperText(
      { path: '/a/t.js', exports: ['default', 'handleSummary'] },
      { stream: false, summary: told },
    )
    parse(text, { ecmaVersion: 2017, sourceType: 'module' })
    expect(text).not.toContain('xk6-sse')
    const own = (output: unknown) =>
      new Function(
        'summary',
        `${text.slice(text.indexOf('export function')).replace('export ', 'return ')}`,
      )(() => output)
    const data = { metrics: { a: 1 }, setup_data: { token: 'secret' }, state: {}, root_group: {} }
    const report = JSON.stringify(
      { validity: { state: 'valid' }, schema: 'k6-llm/report@1' },
      null,
      2,
    )
    const output = own({ stdout: 'text', 'r.json': report })(data)
    expect(Object.keys(output)).toEqual(['stdout', 'r.json', told])
    expect(JSON.parse(output[told])).toEqual({ validity: { state: 'valid' } })
    const other = own(undefined)(data)
    expect(JSON.parse(other[told])).toEqual({
      data: { metrics: { a: 1 }, root_group: {}, state: {} },
    })
    expect(other[told]).not.toContain('secret')
  })

  test.each(examples)('of %s hands on all that it exports', async (file) => {
    const path = fileURLToPath(new URL(`../../../../examples/${file}`, import.meta.url))
    const script = await readScript(path)
    expect(script.exports).toContain('options')
    const text = wrapperText(script, { stream: true })
    parse(text, { ecmaVersion: 2017, sourceType: 'module' })
    const named = /^export \{ (.*) \}$/m.exec(text)?.[1]?.split(', ') ?? []
    const main = /^export default main$/m.test(text) ? ['default'] : []
    expect([...main, ...named].sort()).toEqual([...script.exports].sort())
    expect(script.streams).toBe(false)
  })

  test('stands beside the script and goes away', async () => {
    const path = write('beside.js', 'export default function () {}\n')
    const wrapper = writeWrapper(await readScript(path), { stream: true })
    expect(join(wrapper.path, '..')).toBe(folder)
    expect(readFileSync(wrapper.path, 'utf8')).toContain('from "./beside.js"')
    wrapper.remove()
    expect(existsSync(wrapper.path)).toBe(false)
    wrapper.remove()
  })
})
