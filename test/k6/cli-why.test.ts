import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-cli-why-'))
let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator('--flavor', 'vllm', '--ttft', '20', '--itl', '2')
})
afterAll(async () => {
  await simulator.stop()
  rmSync(directory, { recursive: true, force: true })
})

const clean = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(K6_|API|BASE_URL|MODEL|LLM_|TEST_)/.test(name),
  ),
)

onEachK6('k6-llm run of a wrong model', (k6) => {
  const run = (model: string, ...more: string[]) =>
    spawnSync(
      process.execPath,
      [
        ...[join(root, 'bin/k6-llm.js'), 'run', '--stream', 'relay', ...more],
        ...(k6.name === 'preview' ? ['--preview'] : ['--k6', k6.path]),
        ...['-e', `BASE_URL=${simulator.url}`, '-e', 'API=openai-chat', '-e', `MODEL=${model}`],
        ...['-e', `REPORT=${join(directory, 'report.json')}`, '-e', 'DURATION=1s'],
        join(root, 'test/k6/scripts/why.js'),
      ],
      { cwd: directory, encoding: 'utf8', env: clean },
    )

  test('says before and after it what the server says', () => {
    const { status, stdout, stderr } = run('nope')
    expect(status, stderr).toBe(EXIT.aborted)
    expect(stderr).toContain(`asked ${simulator.url} first: POST /v1/chat/completions`)
    expect(stderr).toContain('HTTP 404: The model `nope` does not exist.')
    expect(stdout).toContain("What failed, in the server's words")
    expect(stdout).toMatch(/http_4xx 404 {2}The model `nope` does not exist\./)
  })

  test('with a right one says who answers; --no-ask sends nothing before it', async () => {
    const heard = run('sim-7b')
    expect(heard.status, heard.stderr).toBe(0)
    expect(heard.stderr).toMatch(/asked \S+ first: vLLM answers as openai-chat, first token after/)
    expect(heard.stdout).not.toContain('What failed')
    expect(run('sim-7b', '--no-ask').stderr).not.toContain('first: ')
  })
})
