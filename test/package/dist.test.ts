import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Node, parse } from 'acorn'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')
const pkg = JSON.parse(read('package.json'))

/** Modules that a file imports or re-exports. Throws where the file is not ES2017. */
function importsOf(file: string): string[] {
  const program = parse(read(file), { ecmaVersion: 2017, sourceType: 'module' })
  return program.body
    .map((node) => (node as Node & { source?: { value: string } }).source?.value)
    .filter((source) => source !== undefined)
}

const examples = readdirSync(`${root}examples`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.js'))
  .map((file) => `examples/${file}`)

/** Modules that a CommonJS file requires. Throws where the file is not ES2017. */
function requiresOf(file: string): string[] {
  parse(read(file), { ecmaVersion: 2017 })
  return [...read(file).matchAll(/\brequire\(([^)]*)\)/g)].map((match) => match[1] as string)
}

test('what the programs import is there', () => {
  const programs = ['cli', 'preview', 'simulator'].flatMap((folder) =>
    readdirSync(`${root}dist/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js') && !/\btemplates\b/.test(file))
      .map((file) => new URL(`../../dist/${folder}/${file}`, import.meta.url)),
  )
  expect(programs.length).toBeGreaterThan(50)
  for (const program of programs) {
    const code = readFileSync(program, 'utf8')
    for (const [, id = ''] of code.matchAll(/\b(?:from|import) ?\(?['"](\.[^'"]+)['"]/g)) {
      expect(existsSync(new URL(id, program)), `${program.pathname} imports ${id}`).toBe(true)
    }
  }
})

describe('dist/index.js', () => {
  test('is an ES2017 module of names, which k6 0.47 reads quickly', () => {
    expect(importsOf('dist/index.js')).toEqual(['./index.cjs'])
    expect(read('dist/index.js').length).toBeLessThan(4000)
  })

  test('its code is one ES2017 file that requires only what every k6 has', () => {
    const required = requiresOf('dist/index.cjs')
    expect(required.length).toBeGreaterThan(3)
    for (const id of required)
      expect(id).toMatch(/^'k6(\/(crypto|data|encoding|execution|http|metrics))?'$/)
  })

  test('names no k6/x module in code: a mention alone would ask for a custom k6', () => {
    expect(read('dist/index.js') + read('dist/index.cjs')).not.toMatch(/['"]use k6/)
  })

  test('has nothing that k6 0.47 lacks', () => {
    const code = read('dist/index.cjs')
    for (const missing of [
      /\bTextDecoder\b/,
      /\bperformance\./,
      /\bsetTimeout\(/,
      /\bnew URL\(/,
      /\bfetch\(/,
      /\bIntl\./,
      /\\p\{/,
      /\(\?<[a-zA-Z]/,
    ]) {
      expect(code).not.toMatch(missing)
    }
  })

  test('exports the public names', () => {
    const names = /export \{([^}]*)\} from/.exec(read('dist/index.js'))?.[1] ?? ''
    const exported = names.split(',').map((name) => name.trim())
    const assigned = [...read('dist/index.cjs').matchAll(/\bexports\.(\w+)\s*=/g)].map((m) => m[1])
    expect(exported.sort()).toEqual(assigned.sort())
    for (const name of [
      'createChatClient',
      'createModelManager',
      'login',
      'canStream',
      'slaPresets',
      'extendSla',
      'toThresholds',
      'baselineThresholds',
      'summaryTrendStats',
      'profiles',
      'promptSets',
      'randomItem',
      'randomIntBetween',
      'uuidv4',
      'createSummary',
      'env',
      'metricNames',
      'parseEventStream',
      'interpretStream',
      'httpTransport',
      'sseTransport',
      'setDefaultTransport',
    ]) {
      expect(exported, name).toContain(name)
    }
  })

  test('carries the version of the package', () => {
    expect(read('dist/index.cjs')).not.toContain('__VERSION__')
    expect(read('dist/index.cjs')).toContain(`'${pkg.version}'`)
  })
})

test('dist/xk6-sse.js imports the extension and the library beside it, nothing else', () => {
  expect(importsOf('dist/xk6-sse.js').sort()).toEqual(['./index.js', 'k6/x/sse'])
})

test.each(examples)('%s is ES2017, as k6 0.47 reads it', (file) => {
  for (const id of importsOf(file))
    expect(id).toMatch(/^(k6(\/|$)|\.\.?\/|https:\/\/jslib\.k6\.io\/)/)
})

test('every wrapper exports all that its test exports', () => {
  const exported = (file: string) =>
    [
      ...read(file).matchAll(
        /^export (?:const|async function|function) (?:(\w+)|\{ ([^}]+) \})|^export \{ (\w+) \} from/gm,
      ),
    ].flatMap((m) => ((m[1] ?? m[2] ?? m[3]) as string).split(', '))
  const wrappers = examples.filter((file) => file.includes('xk6-sse/'))
  expect(wrappers.length).toBeGreaterThanOrEqual(4)
  for (const wrapper of wrappers) {
    const base = wrapper.replace('xk6-sse/', '')
    const line = /export \{ ([^}]*) \}/.exec(read(wrapper))?.[1] ?? ''
    expect(line.split(', ').sort(), wrapper).toEqual(exported(base).sort())
    const hasDefault = /^export default/m.test(read(base))
    expect(/^export default main$/m.test(read(wrapper)), wrapper).toBe(hasDefault)
  }
})

describe('the package', () => {
  const files = (
    JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: root,
        encoding: 'utf8',
      }),
    ) as { files: { path: string }[] }[]
  )[0]?.files.map((file) => file.path) as string[]

  test('has everything that its package.json points to', () => {
    for (const path of [
      pkg.types,
      pkg.jsdelivr,
      ...Object.values(pkg.exports).flatMap((e) =>
        typeof e === 'string' ? [e] : Object.values(e as object),
      ),
    ]) {
      expect(existsSync(`${root}${path}`), path).toBe(true)
      expect(files).toContain((path as string).replace('./', ''))
    }
  })

  test('has the examples, the simulator, the licence; no test, no result', () => {
    for (const path of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/simulator/main.js',
      'bin/k6-llm.js',
      ...examples,
    ])
      expect(files).toContain(path)
    expect(files.filter((path) => /^(test|results|src|scripts|node_modules)\//.test(path))).toEqual(
      [],
    )
  })
})
