import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

onEachK6(
  'the library loaded by two paths in one script',
  (k6) => {
    const copy = (ending: string) => path(`test/k6/scripts/copy-of-dist.${ending}`)
    let simulator: Simulator
    beforeAll(async () => {
      const names = readFileSync(path('dist/index.js'), 'utf8')
      writeFileSync(copy('js'), names.replace('./index.cjs', './copy-of-dist.cjs'))
      copyFileSync(path('dist/index.cjs'), copy('cjs'))
      simulator = await startSimulator('--flavor', 'vllm', '--ttft', '10', '--itl', '2')
    })
    afterAll(async () => {
      rmSync(copy('js'))
      rmSync(copy('cjs'))
      await simulator.stop()
    })

    test('streams through the extension from both', async () => {
      const run = await runK6(k6, 'test/k6/scripts/two-paths.js', {
        env: { BASE_URL: simulator.url },
      })
      expect(run.output).not.toContain('level=error')
      expect(run.code).toBe(EXIT.ok)
      expect(run.values('tests_done')).toEqual([1])
      expect(run.values('llm_ttft')).toHaveLength(2)
    })
  },
  (k6) => k6.streams,
)

onEachK6("a scenario's own variables", (k6) => {
  let a: Simulator
  let b: Simulator
  beforeAll(async () => {
    const common = ['--flavor', 'vllm', '--ttft', '5', '--itl', '1', '--models', 'model-a,model-b']
    a = await startSimulator(...common, '--api-key', 'token-a')
    b = await startSimulator(...common, '--api-key', 'token-b')
  })
  afterAll(async () => {
    await a.stop()
    await b.stop()
  })

  test('set model, address and token of its requests', async () => {
    const run = await runK6(k6, 'test/k6/scripts/scenario-env.js', {
      env: { BASE_URL: 'http://127.0.0.1:9', URL_a: a.url, URL_b: b.url },
    })
    expect(run.code).toBe(EXIT.ok)
    expect(run.values('llm_failed')).toEqual(Array(6).fill(0))
    expect((await a.requests()).map((r) => r.model)).toEqual(Array(3).fill('model-a'))
    expect((await b.requests()).map((r) => r.model)).toEqual(Array(3).fill('model-b'))
    expect(run.values('llm_requests', { test_type: 'b', model: 'model-b' })).toHaveLength(3)
  })
})
