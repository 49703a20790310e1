import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

const main = fileURLToPath(new URL('../../bin/k6-llm.js', import.meta.url))
const script = fileURLToPath(new URL('../../examples/streaming-test.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'k6-llm-dashboard-'))
let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator('--ttft', '50', '--itl', '5', '--tokens', '20')
})
afterAll(async () => {
  await simulator.stop()
  rmSync(directory, { recursive: true, force: true })
})

const hasDashboard = (version: string) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 0 || minor >= 49
}

const env = {
  ...process.env,
  K6_WEB_DASHBOARD_PORT: '-1', // no port, and nobody to wait for
  K6_WEB_DASHBOARD_PERIOD: '1s',
}

onEachK6('run --dashboard', (k6) => {
  const run = (results: string) =>
    spawnSync(
      process.execPath,
      [main, 'run', '--dashboard', '--k6', k6.path, '-e', `BASE_URL=${simulator.url}`]
        .concat(['-e', `RESULTS_DIR=${results}`, '-e', 'TEST_DURATION=5s'])
        .concat(['-e', 'TEST_EMAIL=test@example.com', '-e', 'TEST_PASSWORD=test123', script]),
      { encoding: 'utf8', env },
    )

  test.runIf(hasDashboard(k6.version))('exports a page with the LLM tab and its figures', () => {
    const results = join(directory, k6.name)
    const { status, stderr } = run(results)
    expect([0, 99], stderr).toContain(status)
    const page = readdirSync(results).find((name) => name.endsWith('-dashboard.html')) ?? ''
    expect(page).toMatch(/^streaming-test-\d{8}T\d{6}Z-dashboard\.html$/)
    const html = readFileSync(join(results, page), 'utf8')
    const packed = /<script id="data"[^>]*>([^<]*)<\/script>/.exec(html)?.[1] ?? ''
    const lines = gunzipSync(Buffer.from(packed.trim(), 'base64')).toString().trim().split('\n')
    const events = lines.map((line) => JSON.parse(line) as { event: string; data: never })
    const config = events.find((one) => one.event === 'config')?.data as unknown as {
      tabs: { title: string }[]
    }
    expect(config.tabs[0]?.title).toBe('LLM')
    const metrics = Object.assign(
      {},
      ...events.filter((e) => e.event === 'metric').map((e) => e.data),
    )
    expect(Object.keys(metrics)).toContain('llm_requests')
    expect(Object.keys(metrics)).toContain('llm_ttft') // by the relay or the extension
  })

  test.runIf(!hasDashboard(k6.version))('says that this k6 has none', () => {
    const { status, stderr } = run(join(directory, k6.name))
    expect(status).toBe(3)
    expect(stderr).toMatch(
      /--dashboard: k6 0\.47\.0 \(.*\) has no web dashboard; it came with 0\.49/,
    )
  })
})

test('the file is in the package', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
  })
  expect(packed).toContain('dashboard/llm.dashboard.json')
})
