import { spawnSync } from 'node:child_process'
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
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const main = join(root, 'bin/k6-llm.js')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const directory = mkdtempSync(join(tmpdir(), 'k6 llm eject-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const examples = readdirSync(join(root, 'examples'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -3))
  .sort()

function eject(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'eject', ...args], {
    cwd: directory,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const text = (path: string) => readFileSync(join(directory, path), 'utf8')

/** What a script imports or re-exports. */
function importsOf(path: string): string[] {
  const program = parse(text(path), { ecmaVersion: 2017, sourceType: 'module' })
  return program.body.flatMap((node) =>
    'source' in node && typeof node.source?.value === 'string' ? [node.source.value] : [],
  )
}

test('without a name it lists the examples', () => {
  expect(eject()).toEqual({ status: 0, stdout: `${examples.join('\n')}\n`, stderr: '' })
  expect(JSON.parse(eject('--json').stdout)).toEqual(examples)
})

test.each(examples)('%s: all that it imports and opens is there', (name) => {
  const { status, stdout, stderr } = eject(name, `all/${name}`, '--json')
  expect(status, stderr).toBe(0)
  const { files } = JSON.parse(stdout) as { files: { path: string; state: string }[] }
  expect(files.every(({ state }) => state === 'written')).toBe(true)
  const script = `all/${name}/${name}.js`
  const own = importsOf(script).filter((id) => id.startsWith('.'))
  expect(own).toContain('./k6-llm/index.js')
  for (const id of own) expect(existsSync(join(directory, dirname(script), id)), id).toBe(true)
  for (const [, file = ''] of text(script).matchAll(/'(\.\/data\/[^']+)'/g)) {
    expect(existsSync(join(directory, dirname(script), file)), file).toBe(true)
  }
  expect(text(script)).not.toMatch(/['"]\.\.\//)
})

test('the copy of the library is whole, and says what may be done with it', () => {
  eject('load-test', 'whole')
  expect(readdirSync(join(directory, 'whole/k6-llm')).sort()).toEqual([
    'LICENSE',
    'index.cjs',
    'index.d.ts',
    'index.js',
    'xk6-sse.d.ts',
    'xk6-sse.js',
  ])
  expect(text('whole/k6-llm/index.cjs')).toBe(readFileSync(join(root, 'dist/index.cjs'), 'utf8'))
})

test('says what is next, with nothing that npx would fetch from a stranger', () => {
  const { stdout } = eject('examples/load-test.js', 'next')
  expect(stdout).toMatch(/^written {5}load-test\.js$/m)
  expect(stdout).toContain('  cd next\n  k6 run -e BASE_URL=http://localhost:8000 load-test.js\n')
  expect(stdout).toContain(`  node ${main} run -e BASE_URL=`)
  expect(stdout).toContain('docker run --rm -v $PWD:/scripts grafana/k6 run')
  expect(stdout).not.toContain('npx')
})

test('--library package: the path of node_modules, wherever above it is', () => {
  mkdirSync(join(directory, 'project/node_modules/k6-llm'), { recursive: true })
  writeFileSync(join(directory, 'project/node_modules/k6-llm/package.json'), '{}')
  const { stdout } = eject('sessions', 'project/load/long', '--library', 'package')
  expect(importsOf('project/load/long/sessions.js')).toEqual([
    '../../node_modules/k6-llm/dist/index.js',
  ])
  expect(readdirSync(join(directory, 'project/load/long')).sort()).toEqual(['data', 'sessions.js'])
  expect(stdout).toContain('npx k6-llm run')
  expect(stdout).not.toMatch(/npm install|docker/)
  const alone = eject('poisson', 'alone', '--library', 'package')
  expect(importsOf('alone/poisson.js')).toEqual(['./node_modules/k6-llm/dist/index.js'])
  expect(alone.stdout).toContain(`npm install --save-dev k6-llm-${version}.tgz`)
})

test('--library cdn: said to be of use once it is published', () => {
  const { stdout } = eject('poisson', 'cdn', '--library', 'cdn')
  expect(importsOf('cdn/poisson.js')).toEqual([
    `https://cdn.jsdelivr.net/npm/k6-llm@${version}/dist/index.js`,
  ])
  expect(stdout).toContain(`once k6-llm@${version} is published`)
})

test('keeps what is there, all or nothing, unless --force', () => {
  eject('sessions', 'kept')
  writeFileSync(join(directory, 'kept/sessions.js'), '// mine\n')
  rmSync(join(directory, 'kept/data'), { recursive: true })
  const { status, stdout, stderr } = eject('sessions', 'kept')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/kept.sessions\.js: there already, .* nothing was written.*--force/)
  expect(text('kept/sessions.js')).toBe('// mine\n')
  expect(existsSync(join(directory, 'kept/data'))).toBe(false)
  const forced = eject('sessions', 'kept', '--force')
  expect(forced.stdout).toMatch(/^overwritten sessions\.js$/m)
  expect(forced.stdout).toMatch(/^unchanged {3}k6-llm\/index\.js$/m)
  expect(existsSync(join(directory, 'kept/data/sessions.jsonl'))).toBe(true)
})

test.each([
  [
    ['laod-test'],
    /laod-test: no such example, expected one of ab-test, .*; did you mean load-test\?/,
  ],
  [['streaming'], /did you mean streaming-test\?/],
  [['switch'], /did you mean switch-matrix or switch-under-load\?/],
  [['quicksort'], /no such example, expected one of [^;]*$/],
  [['../package.json'], /no such example/],
  [['load-test', '--library', 'unpkg'], /--library unpkg: expected one of copy, package, cdn/],
])('%j is wrong use', (args, message) => {
  const { status, stdout, stderr } = eject(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
