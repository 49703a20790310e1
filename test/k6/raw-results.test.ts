import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { figuresOf } from '../../cli/report/figures.ts'
import { fromDocument, readThresholds } from '../../cli/report/thresholds.ts'
import { readSamples } from '../../cli/samples/read.ts'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-raw-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Summary {
  metrics: {
    [name: string]: {
      type: string
      values: Record<string, number>
      thresholds?: Record<string, { ok: boolean }>
    }
  }
  state: { testRunDurationMs: number }
}

const report = (...args: string[]) =>
  spawnSync(process.execPath, ['bin/k6-llm.js', 'report', ...args], { cwd: root, encoding: 'utf8' })

onEachK6('the samples of a run', (k6) => {
  let simulator: Simulator
  const files = Object.fromEntries(
    ['samples.json', 'samples.json.gz', 'samples.csv', 'data.json', 'options.json'].map((name) => [
      name,
      join(directory, `${k6.name}-${name}`),
    ]),
  ) as Record<string, string>
  let data: Summary
  let code: number | null

  beforeAll(async () => {
    simulator = await startSimulator(
      '--flavor',
      'vllm',
      '--ttft',
      '20',
      '--itl',
      '2',
      '--fault',
      '500=0.2',
    )
    const script = variant(k6, 'test/k6/scripts/raw-results.js')
    const env = { BASE_URL: simulator.url, DATA: files['data.json'] as string, NEVER: 'yes' }
    const outs = ['samples.json', 'samples.json.gz', 'samples.csv'].flatMap((name) => [
      '--out',
      `${/csv/.test(name) ? 'csv' : 'json'}=${files[name]}`,
    ])
    code = (await runK6(k6, script, { env, args: outs })).code
    data = JSON.parse(readFileSync(files['data.json'] as string, 'utf8'))
    const flags = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const inspected = spawnSync(k6.path, ['inspect', ...flags, script], { cwd: root })
    writeFileSync(files['options.json'] as string, inspected.stdout)
  })
  afterAll(() => simulator.stop())

  test.each([
    'samples.json',
    'samples.json.gz',
  ])('%s gives the figures of handleSummary', async (name) => {
    const given = fromDocument(data)
    const { samples, warnings } = await readSamples([files[name] as string], {
      thresholds: given?.thresholds,
    })
    expect(warnings).toEqual([])
    const figures = figuresOf(samples, {
      durationMs: data.state.testRunDurationMs,
      given: given?.thresholds,
    }).data.metrics
    for (const [metric, { type, values, thresholds }] of Object.entries(data.metrics)) {
      const ours = figures[metric]
      expect(ours?.type, metric).toBe(type)
      for (const [column, value] of Object.entries(values)) {
        // p(12.5) is a column that no threshold asks for.
        if (column === 'p(12.5)' || (column === 'p(99.9)' && metric !== 'own_time')) continue
        expect(ours?.values[column], `${metric} ${column}`).toBe(value)
      }
      expect(ours?.thresholds, metric).toEqual(thresholds)
    }
    expect(
      Object.keys(figures).filter((name) => !data.metrics[name] && !/^llm_errors{/.test(name)),
    ).toEqual([])
  })

  test('the verdict and the goals are those of k6, by its inspect too', () => {
    expect(code).toBe(EXIT.thresholds)
    const given = readThresholds(files['options.json'] as string).thresholds
    expect(Object.keys(given).length).toBeGreaterThan(12)
    for (const file of ['data.json', 'options.json']) {
      const { status, stdout } = report(
        '--json',
        '--thresholds',
        files[file] as string,
        files['samples.json'] as string,
      )
      expect(status).toBe(EXIT.thresholds)
      const { goals } = JSON.parse(stdout) as {
        goals: { metric: string; selector: string; threshold: string; ok: boolean }[]
      }
      for (const { metric, selector, threshold, ok } of goals) {
        const name = selector ? `${metric}{${selector}}` : metric
        expect({ name, threshold, ok }).toEqual({
          name,
          threshold,
          ok: data.metrics[name]?.thresholds?.[threshold]?.ok,
        })
      }
      expect(
        goals
          .filter(({ ok }) => !ok)
          .map(({ threshold }) => threshold)
          .sort(),
      ).toEqual(['avg>1e30', 'max>0'])
    }
  })

  test.each([
    'samples.json',
    'samples.json.gz',
    'samples.csv',
  ])('the goals that lie beside %s are taken, and types of own metrics', (name) => {
    const { status, stdout, stderr } = report('--json', files[name] as string)
    expect(status, stderr).toBe(EXIT.thresholds)
    const { goals, gauges, notes } = JSON.parse(stdout)
    expect(goals.filter(({ ok }: { ok: boolean }) => !ok)).toHaveLength(2)
    expect(goals.length).toBeGreaterThan(12)
    const { value, max } = data.metrics.own_level?.values ?? {}
    const [level] = gauges
    expect(level.metric).toBe('own_level')
    expect(level.max).toBe(max)
    // Whole seconds do not tell which was the last.
    if (name !== 'samples.csv') expect(level.value).toBe(value)
    expect(JSON.stringify(notes)).toContain(`${k6.name}-data.json, which the same run wrote`)
    expect(stderr).not.toContain('own_time')
  })

  test('without the thresholds of sub-metrics it names them as not judged', () => {
    const { status, stdout } = report('--no-thresholds', files['samples.json'] as string)
    expect(status).toBe(EXIT.thresholds)
    expect(stdout).toMatch(
      /^FAIL - k6-llm \(re-computed from k6's samples\): 1 of \d+ goals not met/,
    )
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      // A stock k6 has no TTFT, and k6 tells nothing of a metric without a sample.
      `Not judged: ${k6.streams ? 8 : 7} sub-metrics (`,
    )
  })

  test('CSV: the same figures to the 6 decimals that it has, for known metrics', async () => {
    const { samples, warnings, format } = await readSamples([files['samples.csv'] as string], {})
    expect(format).toBe('csv')
    expect(warnings.join()).toMatch(/own_time \(\d+ samples\)/)
    const figures = figuresOf(samples, {
      durationMs: data.state.testRunDurationMs,
    }).data.metrics
    let compared = 0
    for (const [metric, { values }] of Object.entries(data.metrics)) {
      if (/^own_|\{/.test(metric)) continue
      for (const [column, value] of Object.entries(values)) {
        const ours = figures[metric]?.values[column]
        if (ours === undefined) continue
        compared++
        expect(ours, `${metric} ${column}`).toBeCloseTo(value, 5)
      }
    }
    expect(compared).toBeGreaterThan(60)
    const errors = data.metrics['llm_errors{error_type:http_5xx}']?.values.count
    expect(figures['llm_errors{error_type:http_5xx}']?.values.count).toBe(errors)
  })
})
