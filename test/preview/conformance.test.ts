import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, findTestedK6, PREVIEW } from '../../cli/find-k6.ts'
import { removeWrapped, variant } from '../support/each-k6.ts'
import { startOddServer } from '../support/odd-server.ts'
import { EXIT, type K6Options, type K6Run, runK6 } from '../support/run-k6.ts'
import { startSimulator } from '../support/simulator.ts'

/** The k6 that the preview is held against: the oldest with k6/x/sse. Where there is none, the
 * preview is held against what is written here. */
const reference = findTestedK6().find((k6) => k6.streams)
const engines: Engine[] = reference === undefined ? [PREVIEW] : [PREVIEW, reference]

interface Summary {
  metrics: Record<
    string,
    { type: string; contains: string; values: Record<string, number>; thresholds?: object }
  >
  [key: string]: unknown
}

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-conformance-'))
afterAll(() => {
  removeWrapped()
  rmSync(directory, { recursive: true, force: true })
})

/** What a run said in lines that begin with a word. */
function told<T>(run: K6Run, word: string): T[] {
  return run.output
    .split('\n')
    .map(
      (line) => /msg="(.*)" source=console$/.exec(line)?.[1]?.replace(/\\(["\\])/g, '$1') ?? line,
    )
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => JSON.parse(line.slice(word.length + 1)) as T)
}

function summaryOf(run: K6Run): Summary | undefined {
  const summary = told<Summary & { state?: { preview?: true } }>(run, 'SUMMARY')[0]
  // The mark of the preview is the one thing that k6 has not.
  delete summary?.state?.preview
  return summary
}

/** Its keys at any depth, numbers as the word `number`. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape)
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, shape(inner)]),
  )
}

/** What two runs of one script have in common whatever the clock said. */
function exact(summary: Summary) {
  const counts = Object.entries(summary.metrics)
    .filter(([name]) => !/^(data_|vus$)/.test(name))
    .map(([name, { type, contains, values, thresholds }]) => {
      if (type === 'counter') return [name, values.count, thresholds]
      if (type === 'trend') return [name, contains === 'time' ? values.count : values, thresholds]
      return [name, values, thresholds]
    })
  const { root_group, options, setup_data } = summary
  return { counts: Object.fromEntries(counts.sort()), root_group, options, setup_data }
}

/** Runs a script on each engine, side by side. */
async function onEach(script: string, options: K6Options): Promise<K6Run[]> {
  return Promise.all(engines.map((k6) => runK6(k6, `test/preview/scripts/${script}`, options)))
}

describe('every executor', () => {
  let runs: K6Run[]
  beforeAll(async () => {
    runs = await onEach('executors.js', {})
  })

  test('starts as many iterations as the schedule says', () => {
    for (const run of runs) {
      expect(run.code).toBe(EXIT.ok)
      const count = (name: string) => run.values('iterations', { scenario: name }).length
      expect(count('shared')).toBe(7)
      expect(count('each')).toBe(6)
      expect(count('constant')).toBe(6)
      expect(count('ramping')).toBe(2)
      expect(count('rate')).toBe(20)
      expect(count('rates')).toBe(32)
      expect(count('dropping') + run.values('dropped_iterations').length).toBe(20)
      expect(run.values('seen', { who: 'rate', kind: 'open' })).toHaveLength(20)
    }
  })

  test('numbers them alike', () => {
    const [first, ...others] = runs.map((run) =>
      told<object>(run, 'SEEN')
        .map((row) => JSON.stringify(shape(row) && row))
        .sort(),
    )
    expect(first?.length).toBeGreaterThan(60)
    for (const other of others) expect(first).toEqual(other)
  })

  test('gives handleSummary the same, and the same counts', () => {
    const [first, ...others] = runs.map((run) => summaryOf(run) as Summary)
    expect(first?.metrics.vus_max?.values.max).toBe(15)
    for (const other of others) {
      expect(shape(first)).toEqual(shape(other))
      expect(exact(first as Summary).counts).toEqual(exact(other).counts)
    }
  })
})

/** MODE of scripts/life.js, the exit code of k6, and what else has to be in the output. */
const MODES: [mode: string, code: number, says: RegExp][] = [
  ['plain', 0, /TEARDOWN some words: ä, 한국어/],
  ['crossed', 99, /thresholds on metrics 'my_gauge' have been crossed/],
  ['nothing measured', 99, /thresholds on metrics 'my_trend\{word:none\}'/],
  ['stop early', 99, /abortOnFail/],
  ['cut off', 0, /No script iterations fully finished/],
  ['throws', 0, /thrown in an iteration/],
  ['fails', 110, /marked as failed/],
  ['aborts', 108, /test aborted: aborted in an iteration/],
  ['init throws', 107, /thrown at init[^"]*life\.js:\d+/],
  ['init aborts', 108, /aborted at init/],
  ['setup throws', 107, /thrown in setup[^"]*life\.js:\d+/],
  ['setup aborts', 108, /aborted in setup/],
  ['slow setup', 100, /setup\(\) execution timed out/],
  ['teardown throws', 107, /thrown in teardown/],
  ['slow teardown', 101, /teardown\(\) execution timed out/],
  ['summary throws', 0, /thrown in handleSummary/],
  ['no metric', 104, /no metric name \\"nothing\\" found/],
  ['no figure', 104, /p\(95\)/],
  ['no sense', 104, /count << 1/],
  ['no function', 104, /function 'nothing' not found in exports/],
  ['no executor', 104, /unknown executor type 'unheard-of'/],
  ['no field', 104, /unknown field \\"vuss\\"/],
  ['no duration', 104, /duration/],
]

describe.each(MODES)('a test that is "%s"', (mode, code, says) => {
  let runs: K6Run[]
  beforeAll(async () => {
    runs = await onEach('life.js', { env: { MODE: mode } })
  })

  test(`ends with ${code}, and says why`, () => {
    for (const run of runs) {
      expect(run.output).toMatch(says)
      expect(run.output).not.toContain('CAUGHT')
      expect(run.code).toBe(code)
    }
  })

  test('is told alike', () => {
    const [first, ...others] = runs
    for (const other of others) {
      // What an iteration does while it is being cut off is a matter of chance.
      const cut = ['aborts', 'cut off', 'stop early'].includes(mode)
      if (!cut) expect(told(first as K6Run, 'SEEN')).toEqual(told(other, 'SEEN'))
      expect((first as K6Run).output.includes('TEARDOWN')).toBe(other.output.includes('TEARDOWN'))
      const [own, its] = [summaryOf(first as K6Run), summaryOf(other)]
      expect(shape(own)).toEqual(shape(its))
      if (own && its && mode !== 'aborts') expect(exact(own)).toEqual(exact(its))
    }
  })
})

test('the figures are right', async () => {
  const run = await runK6(PREVIEW, 'test/preview/scripts/life.js', { env: { MODE: 'plain' } })
  // biome-ignore lint/suspicious/noExplicitAny: k6's JSON
  const { metrics, root_group, setup_data, state } = summaryOf(run) as any
  // 1, 3, 2, 5, 3, 7, 4, 9
  expect(metrics.my_trend.values).toMatchObject({ avg: 4.25, min: 1, med: 3.5, max: 9, count: 8 })
  expect(metrics.my_trend.values['p(90)']).toBeCloseTo(7.6, 9)
  expect(metrics.my_trend.values['p(99.9)']).toBeCloseTo(8.986, 9)
  expect(metrics.my_rate.values).toEqual({ rate: 0.5, passes: 2, fails: 2 })
  expect(metrics.my_gauge.values).toEqual({ value: 7, min: 7, max: 7 })
  expect(metrics.my_counter.thresholds).toEqual({
    'count==4': { ok: true },
    'rate>0': { ok: true },
  })
  expect(metrics['my_trend{word:a}'].thresholds).toEqual({ 'max<5': { ok: true } })
  expect(root_group.groups[1].groups[0].checks).toMatchObject([
    { name: 'is seven', path: '::outer::inner::is seven', passes: 4, fails: 0 },
    { name: 'is odd in the second half', passes: 2, fails: 2 },
  ])
  expect(setup_data).toMatchObject({ when: '1970-01-01T00:00:00Z', list: [1, 'two', null] })
  expect(state.testRunDurationMs).toBeGreaterThan(0)
})

describe('k6/http and k6/x/sse', () => {
  let server: Awaited<ReturnType<typeof startOddServer>>
  let runs: K6Run[]
  beforeAll(async () => {
    server = await startOddServer()
    runs = await onEach('http.js', { env: { BASE_URL: server.url } })
  })
  afterAll(() => server.stop())

  test('every answer and every failure reads alike', () => {
    const [first, ...others] = runs.map((run) =>
      told<{ name: string; value: unknown }>(run, 'SEEN').map((row) =>
        // Go names the name server.
        JSON.parse(
          JSON.stringify(row).replace(/ on [\d.:[\]a-f]+: no such host/, ': no such host'),
        ),
      ),
    )
    expect(first?.length).toBe(48)
    for (const other of others) expect(first).toEqual(other)
  })

  test('and is counted alike', () => {
    const [first, ...others] = runs
    expect(first?.code).toBe(EXIT.ok)
    const tags = (run: K6Run) =>
      run.samples
        .filter(
          ({ metric }) =>
            metric === 'http_reqs' || metric === 'http_req_failed' || metric === 'sse_event',
        )
        .map(({ metric, value, tags }) =>
          JSON.stringify([metric, value, Object.entries(tags).sort()]),
        )
        .sort()
    for (const other of others) {
      expect(exact(summaryOf(first as K6Run) as Summary)).toEqual(
        exact(summaryOf(other) as Summary),
      )
      expect(tags(first as K6Run)).toEqual(tags(other))
    }
  })
})

describe.each([
  ['examples/definitions.js', []],
  ['examples/tools.js', []],
  ['examples/streaming-test.js', ['--vus', '3', '--iterations', '6']],
])('%s', (script, args) => {
  test('has the exit code and the counts of k6', async () => {
    const runs = await Promise.all(
      engines.map(async (k6) => {
        const flavor = script.includes('streaming') ? 'gateway' : 'vllm'
        const simulator = await startSimulator('--flavor', flavor, '--ttft', '50', '--itl', '2')
        try {
          const data = join(directory, `${k6.name}-${basename(script)}.json`)
          const env = {
            BASE_URL: simulator.url,
            RESULTS_DIR: directory,
            ...(flavor === 'gateway' && {
              TEST_EMAIL: 'test@example.com',
              TEST_PASSWORD: 'test123',
            }),
          }
          const run = await runK6(k6, variant(k6, script), {
            env,
            args: ['--summary-export', data, ...args],
          })
          const kept = await simulator.requests()
          return {
            run,
            data: JSON.parse(readFileSync(data, 'utf8')),
            asked: kept.map((r) => r.path).sort(),
          }
        } finally {
          await simulator.stop()
        }
      }),
    )
    const [first, ...others] = runs.map(({ run, data, asked }) => ({
      code: run.code,
      asked,
      counts: counted(run),
      export: shape({ ...data, metrics: withoutVus(data.metrics) }),
    }))
    expect(first?.code).toBe(EXIT.ok)
    expect(first?.asked.length).toBeGreaterThan(4)
    for (const other of others) expect(first).toEqual(other)
  }, 60_000)
})

/** k6 counts its VUs once a second: a run that ends about then has `vus`, or has not. */
function withoutVus({ vus, vus_max, ...metrics }: Record<string, unknown>) {
  return metrics
}

/** How many samples each metric has, and the sums of counters that no clock decides. */
function counted(run: K6Run) {
  const counts: Record<string, number> = {}
  for (const { metric } of run.samples) {
    if (!/^(vus|vus_max|data_.*)$/.test(metric)) counts[metric] = (counts[metric] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort())
}
