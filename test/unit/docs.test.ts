import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { VARIABLES } from '../../src/core/variables.ts'
import { METRICS, metricNames } from '../../src/metrics/names.ts'
import { created } from '../support/k6/metrics.ts'
import '../../src/metrics/recorder.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { version } = JSON.parse(read('package.json'))

/** Folders that git does not have: what is installed, what is made. */
const NOT_KEPT = readGitignore()

/** Git itself, and what editors leave behind. */
const EDITORS = /^\.(?!ci$|github$)/

function readGitignore(): string[] {
  return read('.gitignore')
    .split('\n')
    .filter((line) => line.endsWith('/'))
    .map((line) => line.slice(0, -1))
}

const pages = [
  'README.md',
  'README.ko.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'AGENTS.md',
  ...['dashboard', 'examples', 'simulator', 'test'].map((folder) => `${folder}/README.md`),
].concat(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
)

describe('documents', () => {
  test('CONTRIBUTING names every folder of the repository', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => !NOT_KEPT.includes(name) && !EDITORS.test(name))
    const table = /^\| folder \| what \|\n(?:\|.*\n)+/m.exec(read('CONTRIBUTING.md'))?.[0] ?? ''
    const named = [...table.matchAll(/`([\w.-]+)\/`/g)].map((match) => match[1])
    expect(folders.filter((folder) => !named.includes(folder))).toEqual([])
  })

  test.each(pages)('%s: every link within the project leads somewhere', (page) => {
    for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target as string)) continue
      expect(existsSync(join(root, dirname(page), target as string)), `${page}: ${target}`).toBe(
        true,
      )
    }
  })

  test('examples/README.md has every example, and every wrapper', () => {
    const files = (folder: string) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith('.js'))
        .map((file) => file.slice(0, -3))
        .sort()
    const index = read('examples/README.md')
    const rows = [
      ...index.matchAll(/^\| \[([\w-]+)\]\(\1\.js\) \| [^|]+ \| [^|]+ \| `([^|]+)` \|$/gm),
    ]
    expect(rows.map((row) => row[1]).sort()).toEqual(files('examples'))
    for (const [, name, command] of rows)
      expect(command).toMatch(new RegExp(` ?examples/${name}\\.js$`))
    const wrappers = /`xk6-sse\/` has ([^.]+)\./.exec(index)?.[1]?.split(/, | and /)
    expect(wrappers?.sort()).toEqual(files('examples/xk6-sse'))
    const metrics = [...index.matchAll(/`(llm_\w+)/g)].map((match) => match[1])
    expect(metrics.filter((name) => !((name as string) in METRICS))).toEqual([])
  })

  test("README's script is the one whose types are checked", () => {
    const script = /```js\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? ''
    const checked = read('test/types/readme.test-d.ts').replace(/^\/\/.*\n/, '')
    expect(script.replace(/https:\/\/\S+\/index\.js/, 'k6-llm')).toBe(checked)
  })

  test('addresses on the CDN have the version of the package', () => {
    const versions = pages.flatMap((page) =>
      [...read(page).matchAll(/npm\/k6-llm@([\d.]+)\//g)].map((m) => m[1]),
    )
    expect(versions.length).toBeGreaterThan(0)
    expect(new Set(versions)).toEqual(new Set([version]))
  })

  test('docs/metrics.md has every metric with its type and meaning', () => {
    const kinds = { counter: 'Counter', rate: 'Rate', trend: 'Trend', time: 'Trend (ms)' }
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(llm_\w+)` \| ([^|]+) \| (.*) \|$/gm)]
    expect(rows.map((row) => row.slice(1))).toEqual(
      Object.entries(METRICS).map(([name, { kind, what }]) => [name, kinds[kind], what]),
    )
  })

  test('every variable that the code reads is in docs/configuration.md', () => {
    const sources = ['src', 'examples'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|js)$/.test(file))
        .map((file) => read(`${folder}/${file}`)),
    )
    const names = new Set(
      sources.flatMap((text) =>
        [
          ...text.matchAll(
            /\b(?:env\.(?:string|number|duration|share|url|list)|setting|preferred)\(\s*(?:[\w.]+,\s*)?'([A-Z][A-Z0-9_]+)'(?:,\s*'([A-Z][A-Z0-9_]+)')?/g,
          ),
        ].flatMap((m) => [m[1], m[2]].filter((name) => name !== undefined)),
      ),
    )
    names.delete('NO_COLOR') // a convention of terminals, no setting of ours
    expect(names.size).toBeGreaterThan(12)
    const documented = read('docs/configuration.md')
    for (const name of names) expect(documented, name).toContain(`\`${name}\``)
  })
})

test('the table of variables in docs/configuration.md is that of the code', () => {
  const table = /^\| variable \|.*\n(?:\|.*\n)+/m.exec(read('docs/configuration.md'))?.[0] ?? ''
  const rows = [...table.matchAll(/^\| (`[^|]*`) \|/gm)].map((row) => row[1] ?? '')
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([A-Z0-9_]+)`/g)].map((m) => m[1]))
  expect(named.sort()).toEqual(Object.keys(VARIABLES).sort())
})

test('metricNames has every metric, and each is made as its kind says', () => {
  expect(Object.values(metricNames).sort()).toEqual(Object.keys(METRICS).sort())
  for (const [name, { kind }] of Object.entries(METRICS)) {
    const type = { counter: 'Counter', rate: 'Rate', trend: 'Trend', time: 'Trend' }[kind]
    expect(created.get(name)).toEqual({ type, isTime: kind === 'time' })
  }
})
