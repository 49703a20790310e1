import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTestedK6 } from '../../cli/find-k6.ts'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { startSimulator } from '../support/simulator.ts'

/** What each server is found to be, and what the tests leave out there. */
const SERVERS = {
  gateway: { about: /gateway, gateway, microsoft/, switches: true, leftOut: undefined },
  openai: {
    about: /^OpenAI, openai-chat, sim-7b$/,
    switches: false,
    leftOut: 'it has no /health, recommendations, profiles, /metrics',
  },
  ollama: {
    about: /^Ollama, openai-chat, sim-7b:latest$/,
    switches: true,
    leftOut: 'it has no /health, recommendations, profiles, /metrics',
  },
  anthropic: {
    about: /^Anthropic, anthropic-messages, sim-7b$/,
    switches: false,
    leftOut: 'it has no /health, recommendations, profiles, /metrics',
  },
  sglang: {
    about: /^SGLang, openai-chat, sim-7b$/,
    switches: false,
    leftOut: 'it has no recommendations, profiles',
  },
  llamacpp: {
    about: /^llama\.cpp, openai-chat, sim-7b$/,
    switches: false,
    leftOut: 'it has no recommendations, profiles',
  },
  tgi: {
    about: /^TGI, openai-chat, sim-7b$/,
    switches: false,
    leftOut: 'it has no recommendations, profiles',
  },
  vllm: {
    about: /^vLLM, openai-chat, sim-7b$/,
    switches: false,
    leftOut: 'it has no recommendations, profiles',
  },
}
type Flavor = keyof typeof SERVERS
const FLAVORS = Object.keys(SERVERS) as Flavor[]

/** The guide's four, as `k6-llm run --all` runs them. */
const TESTS = ['load-test', 'streaming-test', 'comprehensive-test', 'model-management-test']

interface Written {
  verdict: string
  notes: { label?: string; text: string }[]
  configuration: unknown
}

// Each k6 has its share of the servers: what differs between them is in the library.
const engines = findTestedK6().map((k6) => k6.path)

onEachK6('the reference tests on any server', (k6) => {
  const at = engines.indexOf(k6.path)
  const share = FLAVORS.filter((_, i) => (at < 0 ? i % 4 === 3 : i % engines.length === at))

  describe.each(share)('%s', (flavor) => {
    const results = mkdtempSync(join(tmpdir(), 'k6-llm-any-'))
    const runs: Record<string, K6Run> = {}
    const server = SERVERS[flavor]

    beforeAll(async () => {
      // One by one they would wait for each other's models.
      await Promise.all(
        TESTS.map(async (name) => {
          const args = ['--flavor', flavor, '--ttft', '20', '--itl', '1', '--tokens', '20']
          const key = flavor === 'gateway' ? [] : ['--api-key', 'key']
          const models = flavor === 'ollama' ? ['--models', 'sim-7b:latest,sim-3b:latest'] : []
          const simulator = await startSimulator(...args, '--load-time', '100', ...key, ...models)
          const login = { TEST_EMAIL: 'test@example.com', TEST_PASSWORD: 'test123' }
          runs[name] = await runK6(k6, variant(k6, `examples/${name}.js`), {
            env: {
              BASE_URL: simulator.url,
              ...(flavor === 'gateway' ? login : { API_TOKEN: 'key' }),
              // Long enough for some complex questions, which are one in five.
              TEST_DURATION: '10s',
              MAX_VUS: '12',
              SWITCH_PAUSE: '0.3',
              RESULTS_DIR: results,
            },
            args: ['--log-format', 'raw'],
          })
          await simulator.stop()
        }),
      )
    }, 120_000)
    afterAll(() => rmSync(results, { recursive: true, force: true }))

    test.each(TESTS)('%s is green and says what it met', (name) => {
      const run = runs[name] as K6Run
      expect(run.code, run.output).toBe(EXIT.ok)
      expect(run.output).toMatch(/^PASS - /m)
      expect(run.values('checks').length).toBeGreaterThan(0)
      expect(run.values('checks')).toEqual(run.values('checks').map(() => 1))
      expect(run.values('http_req_failed')).not.toContain(1)
      const note = (label: string) => reportOf(name).notes.find((one) => one.label === label)?.text
      expect(note('server')).toMatch(server.about)
      if (name === 'comprehensive-test') expect(note('left out')).toBe(server.leftOut)
      if (name !== 'model-management-test') return
      expect(run.values('llm_model_switch_duration').length > 0).toBe(server.switches)
      if (server.switches) expect(note('left out')).toBeUndefined()
      else expect(note('left out')).toMatch(/^switches: .+ has no call that loads a model$/)
    })

    function reportOf(name: string): Written {
      const file = readdirSync(results).find((one) => one.startsWith(name)) as string
      return JSON.parse(readFileSync(join(results, file), 'utf8')) as Written
    }
  })
})
