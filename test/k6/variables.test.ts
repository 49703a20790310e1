import { expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { type Kept, startSimulator } from '../support/simulator.ts'

interface Row {
  what: string
  script: string
  env: Record<string, string>
  code: number
  also?(run: K6Run, kept: Kept[]): void
}

const LOGIN = { TEST_EMAIL: 'test@example.com', TEST_PASSWORD: 'test123' }
const KEY = { API_TOKEN: 'key' }
const FAULTY = { ...KEY, FAULTY: 'yes' }

/** The guide's variables: what each does to a run's outcome, on a service with p95 of 130 ms. */
const ROWS: Row[] = [
  {
    what: 'API_TOKEN is sent',
    script: 'load-test.js',
    env: KEY,
    code: EXIT.ok,
    also: (run, kept) => {
      expect(run.output).toMatch(/^PASS/m)
      expect(kept.every((r) => r.headers.authorization === 'present')).toBe(true)
    },
  },
  {
    what: 'no token at all fails every request, and ends the test',
    script: 'load-test.js',
    env: {},
    code: EXIT.aborted,
  },
  {
    what: 'a wrong TEST_PASSWORD stops the test before its load',
    script: 'load-test.js',
    env: { ...LOGIN, TEST_PASSWORD: 'wrong' },
    code: EXIT.aborted,
    also: (run, kept) => {
      expect(run.output).toContain('login failed: http_4xx')
      expect(kept).toHaveLength(0)
    },
  },
  {
    what: 'a TEST_EMAIL without @ is a user name, its password goes in base64',
    script: 'load-test.js',
    env: { TEST_EMAIL: 'test', TEST_PASSWORD: 'test123' },
    code: EXIT.ok,
  },
  {
    what: 'API_BASE_URL wins over BASE_URL, with a warning',
    script: 'load-test.js',
    env: { ...KEY, API_BASE_URL: '$URL', BASE_URL: 'http://127.0.0.1:9' },
    code: EXIT.ok,
    also: (run) => {
      const warning = /API_BASE_URL=.* and BASE_URL=.* differ: API_BASE_URL is used/g
      expect(run.output.match(warning)).toHaveLength(1)
    },
  },
  {
    what: 'MODEL is asked for',
    script: 'load-test.js',
    env: { ...KEY, MODEL: 'phi3-mini' },
    code: EXIT.ok,
    also: (run, kept) => {
      expect(kept.every((r) => r.body.model === 'phi3-mini')).toBe(true)
      expect(run.values('llm_requests', { model: 'phi3-mini' })).toHaveLength(kept.length)
    },
  },
  {
    what: 'RESPONSE_TIME_P95 is the goal of ordinary chat',
    script: 'load-test.js',
    env: { ...KEY, RESPONSE_TIME_P95: '1' },
    code: EXIT.thresholds,
  },
  {
    what: 'TTFT_THRESHOLD is the goal of streams',
    script: 'streaming-test.js',
    env: { ...KEY, TTFT_THRESHOLD: '1' },
    code: EXIT.thresholds,
  },
  {
    what: 'errors over 1 % fail the load test',
    script: 'load-test.js',
    env: FAULTY,
    code: EXIT.thresholds,
    also: (run) => expect(run.output).toMatch(/✗ failed requests/),
  },
  {
    what: 'ERROR_THRESHOLD allows more',
    script: 'load-test.js',
    env: { ...FAULTY, ERROR_THRESHOLD: '0.99' },
    code: EXIT.ok,
  },
  {
    what: 'ERROR_RATE_THRESHOLD wins over it',
    script: 'load-test.js',
    env: { ...FAULTY, ERROR_THRESHOLD: '0.99', ERROR_RATE_THRESHOLD: '0.01' },
    code: EXIT.thresholds,
  },
  {
    what: 'a service that is not there: it ends in setup, and says why',
    script: 'streaming-test.js',
    env: { ...KEY, BASE_URL: 'http://127.0.0.1:9' },
    code: EXIT.aborted,
    also: (run) => {
      expect(run.output).not.toMatch(/^PASS/m)
      expect(run.output).toMatch(/connection refused/)
      expect(run.values('llm_requests')).toEqual([])
    },
  },
]

onEachK6("the guide's variables", (k6) => {
  // 10 s and more go by before k6 0.47 has compiled the library.
  const rows = k6.version.startsWith('0.') ? ROWS.filter((_, i) => i % 3 === 0) : ROWS

  // Side by side, each against a gateway of its own: nothing here judges a time.
  test.concurrent.each(rows)('$what', async ({ script, env, code, also }) => {
    const { FAULTY: faulty, ...variables } = env
    const simulator = await startSimulator(
      ...['--ttft', '10', '--itl', '2', '--tokens', '60', '--api-key', 'key'],
      ...(faulty ? ['--fault', '429=0.5'] : []),
    )
    try {
      for (const name of Object.keys(variables)) {
        if (variables[name] === '$URL') variables[name] = simulator.url
      }
      const run = await runK6(k6, variant(k6, `examples/${script}`), {
        env: {
          BASE_URL: simulator.url,
          TEST_DURATION: '5s',
          // Enough requests for some complex questions, one in five, to be answered.
          MAX_VUS: '40',
          RESULTS_DIR: '/nowhere',
          ...variables,
        },
      })
      expect(run.output).not.toMatch(/Uncaught|panic/)
      expect(run.code).toBe(code)
      also?.(run, await simulator.requests('/api/chat'))
    } finally {
      await simulator.stop()
    }
  })
})
