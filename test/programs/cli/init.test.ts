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
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { afterAll, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../../bin/k6-llm.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'k6 llm init-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const init = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'init', ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const text = (path: string) => readFileSync(join(folder, path), 'utf8')

test('writes a scenario, its config and a workflow, and says what is next', () => {
  const { status, stdout } = init(folder, '--yes', '--url', 'http://llm:8000/', '--model', 'qwen')
  expect(status).toBe(0)
  expect(stdout).toMatch(
    /^written +load\/chat\.js\nwritten +load\/config\.json\nwritten +load\/k6-llm\//,
  )
  expect(stdout).toMatch(/^written +\.github/m)
  // The package is not installed there, and npx would fetch whatever has its name.
  expect(stdout).toContain(`node ${main} doctor http://llm:8000\n`)
  expect(JSON.parse(text('load/config.json'))).toEqual({
    baseUrl: 'http://llm:8000',
    api: 'openai-chat',
    model: 'qwen',
    users: 5,
    duration: '2m',
    goals: { name: 'load/config.json', ttft: { p95: 2000 }, errorRate: 0.05 },
  })
  expect(text('load/chat.js')).toContain("} from './k6-llm/index.js'")
  expect(existsSync(join(folder, 'load/k6-llm/index.cjs'))).toBe(true)
  parse(text('load/chat.js'), { ecmaVersion: 2017, sourceType: 'module' })
  const workflow = text('.github/workflows/load-test.yml')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
  expect(workflow).toContain("BASE_URL: ${{ inputs.base_url || 'http://llm:8000' }}")
  expect(workflow).toContain('npx k6-llm run --strict load/chat.js')
})

test('keeps what is there', () => {
  writeFileSync(join(folder, 'load/config.json'), '{"mine":true}\n')
  rmSync(join(folder, '.github'), { recursive: true })
  const kept = init(folder, '--yes')
  expect(kept.status).toBe(1)
  expect(kept.stderr).toMatch(/load.config\.json: there already, .* nothing was written/)
  expect(text('load/config.json')).toBe('{"mine":true}\n')
  expect(existsSync(join(folder, '.github'))).toBe(false)
  const forced = init(folder, '--yes', '--force', '--no-workflow', '--json', '--ttft', '800')
  expect(forced.status).toBe(0)
  expect(JSON.parse(forced.stdout).files).toContainEqual({
    path: 'load/config.json',
    state: 'overwritten',
  })
  expect(JSON.parse(text('load/config.json')).goals.ttft).toEqual({ p95: 800 })
  expect(readdirSync(folder)).toEqual(['load'])
})

test('--library package: by a path, and npx once it is there', () => {
  const project = join(folder, 'project')
  const args = [project, '--yes', '--library', 'package', '--no-workflow']
  const before = init(...args)
  expect(before.stdout).toMatch(/npm install --save-dev k6-llm-\d+\.\d+\.\d+\.tgz/)
  expect(readdirSync(join(project, 'load'))).toEqual(['chat.js', 'config.json'])
  expect(text('project/load/chat.js')).toContain("} from '../node_modules/k6-llm/dist/index.js'")
  mkdirSync(join(project, 'node_modules/k6-llm'), { recursive: true })
  writeFileSync(join(project, 'node_modules/k6-llm/package.json'), '{}')
  const { stdout } = init(...args)
  expect(stdout).not.toContain('npm install')
  expect(stdout).toContain('npx k6-llm doctor http://localhost:8000\n')
})

test.each([
  [['--library', 'npm'], /--library npm: expected one of copy, package, cdn/],
  [['--api', 'soap'], /--api soap: expected one of openai-chat, /],
  [['--url', 'localhost'], /--url localhost: expected an address such as/],
  [['--duration', '5'], /--duration 5: expected a time with its unit/],
  [['--failed', '5'], /expected a number from 0 to 1/],
])('%j is wrong use', (args, message) => {
  const { status, stderr } = init(folder, '--yes', ...args)
  expect(status).toBe(2)
  expect(stderr).toMatch(message)
})

test('without a terminal nothing is asked', () => {
  const other = mkdtempSync(join(folder, 'other-'))
  expect(init(other).status).toBe(0)
})
