import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTestedK6 } from '../../cli/find-k6.ts'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'bin', 'k6-llm.js')
const directory = mkdtempSync(join(tmpdir(), 'k6 llm run-'))
let simulator: Simulator
/** The other wants a login. */
let openGateway: Simulator

beforeAll(async () => {
  const args = ['--ttft', '50', '--itl', '5', '--tokens', '20', '--load-time', '100']
  simulator = await startSimulator(...args)
  openGateway = await startSimulator(...args, '--no-require-auth')
})
afterAll(async () => {
  await simulator.stop()
  await openGateway.stop()
  rmSync(directory, { recursive: true, force: true })
})

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(K6_|API_|BASE_URL|MODEL|TEST_)/.test(name)),
)
const run = (args: string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...clean, ...env },
  })
  return { status, stdout, stderr }
}
/** The script of a user, in a folder with a space; what it opens lies beside it. */
function script(name: string, body: string): string {
  writeFileSync(join(directory, 'prompt.txt'), 'Hello')
  writeFileSync(
    join(directory, name),
    `import { canStream, createChatClient, createSummary, pause, summaryTrendStats } from ${JSON.stringify(join(root, 'dist/index.js'))}\n` +
      "const prompt = open('./prompt.txt')\n" +
      "const chat = createChatClient({ api: 'gateway', token: 'sk' })\n" +
      body,
  )
  return name
}

onEachK6('k6-llm run', (k6) => {
  const base = () => ['run', '--k6', k6.path, '-e', `BASE_URL=${simulator.url}`]

  test('sees tokens arrive by what the k6 has, for a script of the user’s own', () => {
    const name = script(
      'own.js',
      'export const options = { vus: 1, iterations: 1, summaryTrendStats }\n' +
        'export default async function () {\n' +
        '  const reply = await chat.stream({ prompt, max_tokens: 3 })\n  pause(0.1)\n' +
        "  console.log('streams: ' + canStream() + ', measured: ' + (reply.timing.ttft !== undefined))\n}\n" +
        "export const handleSummary = createSummary({ title: 'own' })\n",
    )
    const letIn = ['-e', `BASE_URL=${openGateway.url}`]
    const { status, stdout, stderr } = run([...base(), ...letIn, '--json', name, '--', '--quiet'])
    expect(status, stderr).toBe(0)
    const outcome = JSON.parse(stdout)
    const stream = k6.streams ? 'sse' : 'relay'
    expect(outcome).toMatchObject({ code: 0, interrupted: false, streams: true, stream })
    expect(outcome.validity.lag).toBeGreaterThanOrEqual(0)
    expect(stderr).toContain('streams: true, measured: true')
    expect(readdirSync(directory).filter((file) => file.startsWith('.'))).toEqual([])
    const told = run([...base(), '--no-sse', name, '--', '--quiet'])
    expect(told.stderr + told.stdout).toContain('streams: false')
  })

  test('passes on what comes after --, and k6’s exit code', () => {
    const name = script(
      'missed.js',
      "export const options = { vus: 1, iterations: 5, thresholds: { iterations: ['count<2'] } }\n" +
        'export default function () {}\n',
    )
    expect(run([...base(), name, '--', '--quiet']).status).toBe(EXIT.thresholds)
    expect(run([...base(), name, '--', '--iterations', '1', '--quiet']).status).toBe(0)
  })

  test('a script that throws fails, with its first message, though k6 ends with 0', () => {
    const name = script(
      'throws.js',
      'export const options = { vus: 1, iterations: 3 }\n' +
        'export default async function () { await null; throw new Error("boom " + __ITER) }\n' +
        "export function handleSummary() { return { 'nowhere/report.json': '{}' } }\n",
    )
    const { status, stdout, stderr } = run([...base(), '--json', name, '--', '--quiet'])
    expect(status, stderr).toBe(107)
    expect(stderr).toMatch(/^k6-llm: FAIL: the script threw 3 times, .*; first: .*Error: boom 0/m)
    expect(stderr).toContain('k6-llm: not written: nowhere/report.json: ')
    const outcome = JSON.parse(stdout)
    expect(outcome).toMatchObject({ code: 0, exceptions: { count: 3 } })
    expect(outcome.unwritten).toHaveLength(1)
  })

  test('--strict fails a run that nothing watched', () => {
    const name = script(
      'unwatched.js',
      'export const options = { vus: 1, iterations: 1 }\n' +
        'export default async function () { await chat.complete({ prompt, max_tokens: 3 }) }\n',
    )
    const { status, stderr } = run([
      ...base(),
      '--stream',
      'none',
      '--strict',
      name,
      '--',
      '--quiet',
    ])
    expect(status, stderr).toBe(4)
    expect(stderr).toMatch(/--strict: validity not watched: add clientLagScenario/)
  })

  test('--strict says why a run is invalid, and what helps', () => {
    const name = script(
      'idle.js',
      'export const options = { vus: 1, iterations: 1, summaryTrendStats }\n' +
        'export default function () { pause(0.05) }\n',
    )
    const { status, stderr } = run([...base(), '--strict', name, '--', '--quiet'])
    expect(status, stderr).toBe(4)
    expect(stderr).toMatch(/--strict: invalid: .*no request was sent/)
    expect(stderr).toContain('fix: look for errors in the output of k6.')
  })
})

const k6 = findTestedK6().find((one) => one.version === '2.2.0') ?? findTestedK6()[0]
const login = { TEST_EMAIL: 'test@example.com', TEST_PASSWORD: 'test123' }

describe.skipIf(!k6)('several tests', () => {
  test('run --all: a report and samples of each, a table, the code of k6', () => {
    const { status, stdout } = run(
      ['run', '--all', '--tests', 'streaming-test,model-management-test', '--out', 'csv=raw.csv'],
      { K6_BIN: k6?.path ?? '', BASE_URL: simulator.url, TEST_DURATION: '3s', ...login },
    )
    expect([0, 99]).toContain(status)
    expect(stdout).toMatch(/^streaming-test +\d+ (PASS|FAIL) .*\nmodel-management-test +\d+ /m)
    const [time = ''] = readdirSync(join(directory, 'results')).filter((name) =>
      /^\d{8}T/.test(name),
    )
    const files = readdirSync(join(directory, 'results', time))
    expect(files).toContain('streaming-test.samples.json')
    expect(files).toContain('model-management-test.samples.json')
    expect(files.filter((name) => /^streaming-test-\d.*Z\.json$/.test(name))).toHaveLength(1)
    expect(readFileSync(join(directory, 'results', time, 'report.txt'), 'utf8')).toMatch(
      /^test .*\n[\s\S]* - streaming test: /,
    )
    expect(readdirSync(directory)).toContain('streaming-test-raw.csv')
  })

  test.skipIf(process.platform === 'win32')(
    'after a signal the tests that are left are not run',
    async () => {
      const child = spawn(process.execPath, [main, 'run', '--all', '--json'], {
        cwd: directory,
        env: {
          ...clean,
          K6_BIN: k6?.path,
          BASE_URL: simulator.url,
          TEST_DURATION: '60s',
          ...login,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk) => {
        stdout += chunk
      })
      await new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk) => {
          stderr += chunk
          if (/1\/15 VUs|complete and/.test(stderr)) resolve()
        })
      })
      child.kill('SIGTERM')
      const [code] = await once(child, 'close')
      expect(code, stderr).toBe(EXIT.interrupted)
      expect(JSON.parse(stdout).tests.map((row: { code: number | null }) => row.code)).toEqual([
        EXIT.interrupted,
        null,
        null,
        null,
      ])
    },
  )

  test('what init writes runs', () => {
    const project = mkdtempSync(join(directory, 'project-'))
    mkdirSync(join(project, 'node_modules'))
    symlinkSync(root, join(project, 'node_modules', 'k6-llm'), 'junction')
    expect(run(['init', project, '--yes', '--api', 'gateway', '--users', '2']).status).toBe(0)
    const { status, stdout, stderr } = run(
      ['run', '--k6', k6?.path ?? '', join(project, 'load', 'chat.js'), '--', '--quiet'],
      { BASE_URL: openGateway.url, TEST_DURATION: '3s' },
    )
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(/^PASS - chat: /m)
    expect(stdout).toMatch(/^ +TTFT +\d/m)
  })
})
