import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'k6-llm-tarball-'))
const unpacked = join(scratch, 'package')
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(folder, 'bin/k6-llm.js'), ...args], {
    cwd: scratch,
    encoding: 'utf8',
  })

describe('the packed tarball', () => {
  beforeAll(() => {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', scratch]
    execFileSync('npm', pack, { cwd: root })
    const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? ''
    execFileSync('tar', ['xf', tarball], { cwd: scratch })
    symlinkSync(join(root, 'node_modules'), join(unpacked, 'node_modules'))
  })

  test('has every file that the command looks for in its package', () => {
    const sources = readdirSync(join(unpacked, 'dist/cli'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(unpacked, 'dist/cli', file), 'utf8'))
    const named = sources.flatMap((source) =>
      [...source.matchAll(/inPackage\("([^"]+)"\)/g)].map((match) => match[1] ?? ''),
    )
    expect(named.length).toBeGreaterThan(4)
    for (const path of named) expect(existsSync(join(unpacked, path)), path).toBe(true)
  })

  test('runs the command, which reads with the library', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(run(unpacked, '--version')).toMatchObject({ status: 0, stdout: `${version}\n` })
    const none = run(unpacked, 'definitions', join(unpacked, 'package.json'))
    expect(none.stderr).toContain('no stream in it')
    expect(none.status).toBe(1)
  })
})

test('without a build the command says what makes one, in one line', () => {
  const bare = join(scratch, 'bare')
  cpSync(join(root, 'bin'), join(bare, 'bin'), { recursive: true })
  const { status, stdout, stderr } = run(bare, '--version')
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^k6-llm: dist\/ is not there: .*npm run build.*\n$/)
})
