import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isStock, onEachK6 } from '../support/each-k6.ts'
import { runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** Beside a goal that is missed: so short a run may have no complex question. */
const TROUBLE = /level=error(?!.*thresholds on metrics)|Uncaught/

const root = fileURLToPath(new URL('../../', import.meta.url))

// The extension changes nothing of where files are looked for.
onEachK6(
  'examples in a folder of their own',
  (k6) => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'k6 llm eject-')))
    const elsewhere = join(directory, 'elsewhere')
    let simulator: Simulator

    beforeAll(async () => {
      mkdirSync(join(elsewhere, 'results'), { recursive: true })
      simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '1')
    })
    afterAll(async () => {
      await simulator.stop()
      rmSync(directory, { recursive: true, force: true })
    })

    function write(...args: string[]) {
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/k6-llm.js'), ...args])
      expect(status, String(stderr)).toBe(0)
    }

    /** As a user copies a folder, or Docker mounts one: nothing is left where it was made. */
    function moved(from: string, to: string): string {
      cpSync(join(directory, from), join(directory, to), { recursive: true })
      rmSync(join(directory, from), { recursive: true })
      return join(directory, to)
    }

    const env = () => ({
      BASE_URL: simulator.url,
      API: 'openai-chat',
      TEST_DURATION: '4s',
      MAX_VUS: '2',
    })

    test.each(['the folder', 'another'])('load-test, started in %s', async (where) => {
      write('eject', 'load-test', join(directory, 'made'))
      const scripts = moved('made', `scripts of ${where}`)
      mkdirSync(join(scripts, 'results'))
      const cwd = where === 'another' ? elsewhere : scripts
      const script = where === 'another' ? join(scripts, 'load-test.js') : 'load-test.js'
      const run = await runK6(k6, script, { env: env(), cwd })
      expect(run.output).not.toMatch(TROUBLE)
      expect(run.values('llm_requests').length).toBeGreaterThan(0)
      expect(run.values('llm_failed')).toEqual(run.values('llm_requests').map(() => 0))
      const reports = readdirSync(join(cwd, 'results')).filter((file) => file.endsWith('.json'))
      expect(reports).toHaveLength(1)
    })

    test('an example that reads data, started in another folder', async () => {
      write('eject', 'sessions', join(directory, 'made'))
      const scripts = moved('made', 'sessions')
      const run = await runK6(k6, join(scripts, 'sessions.js'), {
        env: { ...env(), RATE: '1', THINK: '0.01' },
        args: ['--env', `RESULTS_DIR=${scripts}`],
        cwd: elsewhere,
      })
      expect(run.output).not.toMatch(TROUBLE)
      expect(run.values('llm_requests', { turn: '1' }).length).toBeGreaterThan(0)
      expect(readdirSync(scripts).filter((file) => file.startsWith('sessions-'))).toHaveLength(1)
    })

    test("the package's path, from a folder below the project", async () => {
      const project = join(directory, 'project')
      const installed = join(project, 'node_modules/k6-llm')
      mkdirSync(installed, { recursive: true })
      for (const path of ['package.json', 'dist/index.js', 'dist/index.cjs']) {
        cpSync(join(root, path), join(installed, path))
      }
      write('eject', 'sessions', join(project, 'load/long'), '--library', 'package')
      const run = await runK6(k6, join(project, 'load/long/sessions.js'), {
        env: { ...env(), RATE: '1', THINK: '0.01', TEST_DURATION: '2s' },
        cwd: elsewhere,
      })
      expect(run.output).not.toMatch(TROUBLE)
      expect(run.values('llm_failed').every((failed) => failed === 0)).toBe(true)
    })

    test('what init writes', async () => {
      const project = join(directory, 'init')
      write('init', project, '--yes', '--no-workflow', '--url', simulator.url)
      const scripts = moved('init/load', 'mounted')
      const run = await runK6(k6, join(scripts, 'chat.js'), {
        env: { TEST_DURATION: '2s', MAX_VUS: '1', RESULTS_DIR: scripts },
        cwd: elsewhere,
      })
      expect(run.output).not.toMatch(/Uncaught|module|no such file/)
      expect(run.values('llm_requests').length).toBeGreaterThan(0)
      expect(readdirSync(scripts).filter((file) => file.endsWith('.json'))).toHaveLength(2)
    })
  },
  isStock,
)
