import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/k6-llm.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: '', NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

const commands = readdirSync(`${root}cli/commands`).map((file) => file.replace(/\.ts$/, ''))

describe('k6-llm', () => {
  test('lists every command', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  test('is an executable of the package', () => {
    const { bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
    expect(bin).toEqual({ 'k6-llm': 'bin/k6-llm.js' })
    expect(readFileSync(`${root}${bin['k6-llm']}`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  test('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
    expect(run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([
    [['simulat'], "k6-llm: unknown command 'simulat'\n(Did you mean simulate?)\n"],
    [['simulate', '--ttff', '1'], "k6-llm: unknown option '--ttff'\n(Did you mean --ttft?)\n"],
  ])('%j is wrong use, with what was meant', (args, stderr) => {
    expect(run(...args)).toEqual({ status: 2, stdout: '', stderr })
  })

  test.each(commands)('%s --help: examples, exit codes, 80 columns', (name) => {
    const { status, stdout } = run(name, '--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Examples:\n {2}\S/m)
    expect(stdout).toContain(`k6-llm ${name}`)
    expect(stdout).toMatch(/^Exit codes:\n {2}0 /m)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  test.each(commands)('%s has its place in docs/command.md', (name) => {
    expect(readFileSync(`${root}docs/command.md`, 'utf8')).toContain(`\`k6-llm ${name}`)
  })
})

test.each([
  [['dist'], /^k6-llm: the package commander, which it needs, is not installed: .*`npm ci`/],
  [[], /^k6-llm: dist\/ is not there: in a checkout `npm ci && npm run build` makes it\n$/],
  [['node_modules'], /^k6-llm: dist\/ is not there: in a checkout `npm run build` makes it\n$/],
])('a checkout that has only %j: one line says what to do', (has, message) => {
  const copy = mkdtempSync(join(tmpdir(), 'k6-llm-bare-'))
  try {
    for (const part of ['package.json', 'bin', ...has]) {
      cpSync(join(root, part === 'node_modules' ? 'bin' : part), join(copy, part), {
        recursive: true,
      })
    }
    const { status, stderr } = spawnSync(process.execPath, [join(copy, 'bin/k6-llm.js')], {
      encoding: 'utf8',
    })
    expect(stderr).toMatch(message)
    expect(stderr.trim()).not.toContain('\n')
    expect(status).toBe(1)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
