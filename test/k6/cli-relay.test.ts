import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isStock, onEachK6 } from '../support/each-k6.ts'
import { EXIT } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'bin', 'k6-llm.js')
const directory = mkdtempSync(join(tmpdir(), 'k6 llm relay-'))
let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator('--flavor', 'vllm', '--ttft', '50', '--itl', '5')
})
afterAll(async () => {
  await simulator.stop()
  rmSync(directory, { recursive: true, force: true })
})

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(K6_|API|BASE_URL|MODEL|LLM_)/.test(name)),
)

/** Says where its relay is, and asks once more in teardown. */
function script(name: string, options: string, iteration: string): string {
  writeFileSync(
    join(directory, name),
    `import { canStream, createChatClient, createSummary, pause, summaryTrendStats } from ${JSON.stringify(join(root, 'dist/index.js'))}
const chat = createChatClient({ api: 'openai-chat', model: 'sim-7b' })
export const options = { vus: 1, summaryTrendStats, ${options} }
export default async function () {
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: 3 })
  console.log('RELAY <' + __ENV.LLM_RELAY + '> ' + reply.ok + ' streams ' + canStream())
  ${iteration}
}
export async function teardown() {
  const reply = await chat.complete({ prompt: 'Bye', max_tokens: 3 })
  console.log('teardown ok: ' + reply.ok)
}
export const handleSummary = createSummary({ title: 'relayed' })
`,
  )
  return name
}

function relayIn(output: string): string {
  return /RELAY <(http:\/\/127\.0\.0\.1:\d+)> true streams true/.exec(output)?.[1] ?? output
}

async function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

test('the preview goes by it too', async () => {
  const name = script('preview.js', 'iterations: 1', '')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'run', '--preview', '-e', `BASE_URL=${simulator.url}`, name, '--', '--quiet'],
    { cwd: directory, encoding: 'utf8', env: clean },
  )
  expect(status, stderr).toBe(0)
  expect(stdout).toMatch(/^ +TTFT +\d/m)
  expect(stdout).toContain('way through the relay')
  expect(await isThere(relayIn(stdout + stderr))).toBe(false)
})

onEachK6(
  'k6-llm run with a relay',
  (k6) => {
    const args = (...more: string[]) => [main, 'run', '--k6', k6.path, ...more]
    const run = (...more: string[]) =>
      spawnSync(process.execPath, args(...more), {
        cwd: directory,
        encoding: 'utf8',
        env: { ...clean, BASE_URL: simulator.url },
      })

    test('TTFT is measured, k6’s code passed on, the relay gone', async () => {
      const goals = "iterations: 1, thresholds: { llm_ttft: ['p(95)<1'] }"
      const { status, stdout, stderr } = run(script('missed.js', goals, ''), '--', '--quiet')
      const output = stdout + stderr
      expect(status, output).toBe(EXIT.thresholds)
      expect(stderr).toContain(`tokens are seen arriving through a relay to ${simulator.url}`)
      expect(stdout).toMatch(/^ +TTFT +\d/m)
      expect(output).toContain('teardown ok: true')
      const relay = relayIn(output)
      expect(relay).toMatch(/^http:/)
      expect(await isThere(relay)).toBe(false)
    })

    test('--stream none goes without', () => {
      const name = script('none.js', 'iterations: 1', '')
      const { status, stdout, stderr } = run('--stream', 'none', name, '--', '--quiet')
      expect(status, stderr).toBe(0)
      expect(stderr).toMatch(/no token is seen arriving, .*\(--stream none\)/)
      expect(stdout + stderr).toContain('RELAY <undefined> true streams false')
    })

    test.skipIf(process.platform === 'win32')(
      'after SIGINT it serves teardown, and then it is gone',
      async () => {
        const name = script('long.js', "duration: '5m'", 'pause(0.2)')
        const child = spawn(process.execPath, args('--json', name, '--', '--quiet'), {
          cwd: directory,
          env: { ...clean, BASE_URL: simulator.url },
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: true,
        })
        let [stdout, stderr] = ['', '']
        child.stdout.on('data', (chunk) => {
          stdout += chunk
        })
        await new Promise<void>((resolve, reject) => {
          child.on('exit', () => reject(new Error(stderr)))
          child.stderr.on('data', (chunk) => {
            stderr += chunk
            if (stderr.includes('streams true')) resolve()
          })
        })
        expect(await isThere(relayIn(stderr))).toBe(true)
        // Ctrl-C reaches the group of the terminal: k6 is in it, the relay is not.
        const processes = execFileSync('ps', ['-eo', 'ppid=,pgid=,args='], { encoding: 'utf8' })
          .split('\n')
          .map((line) => /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [])
          .filter(([, parent]) => Number(parent) === child.pid)
        const relayLine = processes.find(([, , , line]) => line?.includes('relay'))
        expect(relayLine, JSON.stringify(processes)).toBeDefined()
        expect(Number(relayLine?.[2])).not.toBe(child.pid)

        child.kill('SIGINT')
        const [code] = await once(child, 'close')
        expect(code, stderr).toBe(EXIT.interrupted)
        expect(stderr).toContain('teardown ok: true')
        expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, stream: 'relay' })
        expect(await isThere(relayIn(stderr))).toBe(false)
      },
    )

    test('a script that imports the extension is not refused, and its failure explained', () => {
      const wrapper = join(root, 'examples', 'xk6-sse', 'load-test.js')
      const { status, stderr } = run(wrapper, '--', '--quiet')
      expect(status, stderr).toBe(EXIT.setupFailed)
      expect(stderr).toContain('k6-llm: k6 ended with 107.')
      expect(stderr).toContain(`k6-llm run ${join(root, 'examples', 'load-test.js')}`)
    })
  },
  isStock,
)
