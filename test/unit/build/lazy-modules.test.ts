import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'acorn'
import { rollup } from 'rollup'
import { beforeEach, describe, expect, test } from 'vitest'
import { lazyModules } from '../../../build/lazy/lazy-modules.ts'

const directory = mkdtempSync(join(tmpdir(), 'lazy-modules-'))
let count = 0

/** What the modules did, in order: they say it with `log('…')`. */
let log: string[] = []
beforeEach(() => {
  log = []
  Object.assign(globalThis, { log: (text: string) => log.push(text) })
})

type Modules = { [name: string]: string }

/** The bundle of made-up modules, of which main.js is the entry. */
async function bundle(modules: Modules, lazy: { [group: string]: string[] }): Promise<string> {
  const built = await rollup({
    input: resolve('main.js'),
    external: (id) => id.startsWith('k6'),
    onwarn: () => undefined,
    plugins: [
      {
        name: 'made-up',
        resolveId: (id) => (id.startsWith('k6') ? undefined : resolve(id.replace(/^\.\//, ''))),
        load: (id) => Object.entries(modules).find(([name]) => resolve(name) === id)?.[1] ?? null,
      },
      lazyModules(lazy),
    ],
  })
  const { output } = await built.generate({ format: 'es' })
  const code = output[0].code
  parse(code, { ecmaVersion: 2017, sourceType: 'module' })
  return code
}

// biome-ignore lint/suspicious/noExplicitAny: what made-up modules export
async function load(modules: Modules, lazy: { [group: string]: string[] }): Promise<any> {
  const file = join(directory, `bundle-${count++}.mjs`)
  writeFileSync(file, await bundle(modules, lazy))
  return import(/* @vite-ignore */ pathToFileURL(file).href)
}

/** Why the build refuses. */
async function refusal(modules: Modules, lazy: { [group: string]: string[] }): Promise<string> {
  try {
    await bundle(modules, lazy)
  } catch (error) {
    return (error as Error).message
  }
  return 'built'
}

const REPORT = `
  import { pad } from './pad.js'
  const WIDTH = [3, 4].concat(5)
  let renders = 0
  export function render(text) { return pad(text, WIDTH.length) + ++renders }
`
const PAD = `export function pad(text, width) { return text.padEnd(width, '.') }`

describe('a lazy module', () => {
  test('is one function with all that only it uses; first use makes it, once', async () => {
    const modules = {
      'main.js': `import { render } from './report.js'
        export const now = () => render('a')
        export const again = () => [render].map((f) => f('b'))[0]`,
      'report.js': REPORT,
      'pad.js': PAD,
    }
    const code = await bundle(modules, { report: ['report.js'] })
    expect(code).toMatch(
      /^function useReport\(\) \{\n\treturn madeReport \|\| \(madeReport = \(\(\) => \{$/m,
    )
    expect(code.match(/^function \w+/gm)).toEqual(['function useReport'])
    expect(code).toContain('return { render };')
    const { now, again } = await load(modules, { report: ['report.js'] })
    expect([now(), again(), now()]).toEqual(['a..1', 'b..2', 'a..3'])
  })

  test('leaves what others use as well where it is', async () => {
    const code = await bundle(
      {
        'main.js': `import { render } from './report.js'
          import { pad } from './pad.js'
          export const now = () => render('a') + pad('b', 2)`,
        'report.js': REPORT,
        'pad.js': PAD,
      },
      { report: ['report.js'] },
    )
    expect(code.match(/^function \w+/gm)).toEqual(['function pad', 'function useReport'])
  })

  test('is reached in every form that a name can be used in', async () => {
    const { all } = await load(
      {
        'main.js': `import { f, One, list } from './lazy.js'
          export function all() {
            const f2 = { f }
            const { a = f(1) } = {}
            const shadowed = ((f) => f + 1)(1)
            const label = \`\${f(2)} \${{ f: 3 }.f}\`
            const one = new One(4)
            return [f2.f(0), a, shadowed, label, one instanceof One, one.n, typeof f, [...list]]
          }`,
        'lazy.js': `export function f(n) { return n * 10 }
          export class One { constructor(n) { this.n = n } }
          export const list = [1, \`two
  lines\`]`,
      },
      { lazy: ['lazy.js'] },
    )
    expect(all()).toEqual([0, 10, 2, '20 3', true, 4, 'function', [1, 'two\n  lines']])
  })

  test('is not made by a table that holds it: the value becomes a getter', async () => {
    const modules = {
      'main.js': `import { a } from './a.js'
        import { b } from './b.js'
        const TABLE = { 'the-a': a, b }
        export const names = Object.keys(TABLE)
        export const of = (name) => TABLE[name]`,
      'a.js': `export const a = { name: 'a', run() { return 1 } }`,
      'b.js': `import { a } from './a.js'
        export const b = { name: 'b', run: a.run }`,
    }
    const lazy = { a: ['a.js'], b: ['b.js'] }
    const code = await bundle(modules, lazy)
    expect(code).toContain(`get 'the-a'() { return useA().a; }`)
    expect(code).toContain('get b() { return useB().b; }')
    const { names, of } = await load(modules, lazy)
    expect(names).toEqual(['the-a', 'b'])
    expect(of('b').run()).toBe(1)
    expect(of('b')).toBe(of('b'))
  })

  test('that is exported is a function that asks for it', async () => {
    const modules = {
      'main.js': `export { f as g, later } from './lazy.js'`,
      'lazy.js': `export function f(a, b = 2) { return a + b }
        export async function later(...all) { return all.length }`,
    }
    const { g, later } = await load(modules, { lazy: ['lazy.js'] })
    expect([g(1), g(1, 1), await later(1, 2)]).toEqual([3, 2, 2])
  })

  test('may hold another one, which it alone uses', async () => {
    const modules = {
      'main.js': `import { outer } from './outer.js'
        export const run = () => outer()`,
      'outer.js': `import { inner } from './inner.js'
        const own = 'own'
        export const name = () => own
        export const outer = () => inner() + own`,
      'inner.js': `import { name } from './outer.js'
        export const inner = () => name() + '+'`,
    }
    const lazy = { outer: ['outer.js'], inner: ['inner.js'] }
    expect(await bundle(modules, lazy)).toMatch(/^\t\tfunction useInner/m)
    expect((await load(modules, lazy)).run()).toBe('own+own')
  })

  test('shares what several of them use: a further group, whose names they borrow', async () => {
    const modules = {
      'main.js': `import { a } from './a.js'
        import { b } from './b.js'
        export const run = () => a() + b()`,
      'a.js': `import { pad } from './pad.js'
        export const a = () => pad('a', 2)`,
      'b.js': `import { pad } from './pad.js'
        export const b = () => pad('b', 3)`,
      'pad.js': PAD,
    }
    const lazy = { a: ['a.js'], b: ['b.js'] }
    const code = await bundle(modules, lazy)
    expect(code.match(/^function \w+/gm)).toEqual(
      ['useA', 'useB', 'useShared'].map((f) => `function ${f}`),
    )
    expect(code.match(/const \{ pad \} = useShared\(\);/g)).toHaveLength(2)
    expect((await load(modules, lazy)).run()).toBe('a.b..')
  })

  test('keeps clear of names that are taken', async () => {
    const modules = {
      'main.js': `import { f } from './lazy.js'
        export function run(useLazy) { const madeLazy = 1; return f(useLazy + madeLazy) }`,
      'lazy.js': 'export const f = (n) => n * 2',
    }
    expect(await bundle(modules, { lazy: ['lazy.js'] })).toContain('function useLazy$1')
    expect((await load(modules, { lazy: ['lazy.js'] })).run(1)).toBe(4)
  })

  test('does not take in what happens at load', async () => {
    const modules = {
      'main.js': `import { f } from './lazy.js'
        export const run = f2
        function f2() { return f() }`,
      'lazy.js': `import { side } from './side.js'
        export const f = () => side + 1`,
      'side.js': `log('side'); export const side = Date.now()`,
    }
    const { run } = await load(modules, { lazy: ['lazy.js'] })
    expect(log).toEqual(['side'])
    expect(run()).toBeGreaterThan(1)
  })
})

describe('the build refuses', () => {
  const MAIN = `import { f } from './lazy.js'
    export const run = () => f()`

  test.each([
    ['a statement', `log('x'); export const f = () => 1`, "log('x');"],
    [
      'a call',
      `const start = Date.now(); export const f = () => start`,
      'const start = Date.now();',
    ],
    [
      'a metric',
      `import { Trend } from 'k6/metrics'
       const ttft = new Trend('ttft'); export const f = () => ttft.add(1)`,
      "const ttft = new Trend('ttft');",
    ],
    ['a variable of k6', `const at = __ENV.AT; export const f = () => at`, 'const at = __ENV.AT;'],
    [
      'a loop',
      `const all = {}; for (const k of 'ab') all[k] = 1; export const f = () => all`,
      'for (',
    ],
  ])('a lazy module with %s at load', async (_what, lazy, line) => {
    const why = await refusal({ 'main.js': MAIN, 'lazy.js': lazy }, { lazy: ['lazy.js'] })
    expect(why).toContain('lazy.js does something when it loads')
    expect(why).toContain(line)
  })

  test.each([
    [
      'an object',
      `export { o } from './lazy.js'`,
      'export const o = {}',
      /o of lazy.js .* is exported/,
    ],
    ['a class', `export { O } from './lazy.js'`, 'export class O {}', /only functions .* a class/],
    [
      'a variable',
      `import { n } from './lazy.js'; export const run = () => n`,
      'export let n = 0',
      /n of lazy.js .* changes/,
    ],
    [
      'a function that is replaced',
      MAIN,
      'export function f() { f = () => 2; return 1 }',
      /f of lazy.js .* changes/,
    ],
    [
      'an object that others write to',
      `import { o } from './lazy.js'; export const run = () => { o.n = 1; return o }`,
      'export const o = {}',
      /does something when it loads|is assigned in main.js/,
    ],
    ['a function with `this`', MAIN, 'export function f() { return this }', /f of lazy.js .* this/],
    [
      'a value that is needed at load',
      `import { f } from './lazy.js'; export const one = f()`,
      'export const f = () => 1',
      /f of lazy.js .* is needed when main.js loads: const one = f\(\);/,
    ],
    [
      'a value that a function called at load needs',
      `import { f } from './lazy.js'; export const one = (() => f())()`,
      'export const f = () => 1',
      /is needed when main.js loads/,
    ],
  ])('%s', async (_what, main, lazy, why) => {
    const said = await refusal({ 'main.js': main, 'lazy.js': lazy }, { lazy: ['lazy.js'] })
    expect(said).toMatch(why)
  })

  test('lazy modules that need each other to be made', async () => {
    const modules = {
      'main.js': `import { a } from './a.js'
        import { b } from './b.js'
        export const run = () => [a, b]`,
      'a.js': `import { b } from './b.js'
        export const f = () => 1
        export const a = [b]`,
      'b.js': `import { f, a } from './a.js'
        export const b = [f, a]`,
    }
    const said = await refusal(modules, { a: ['a.js'], b: ['b.js'] })
    expect(said).toContain('lazy groups need each other: a → b → a')
  })

  test('a path that is no module', async () => {
    const modules = { 'main.js': MAIN, 'lazy.js': 'export const f = () => 1' }
    expect(await refusal(modules, { lazy: ['lasy.js'] })).toContain('lasy.js: no such module')
  })
})
