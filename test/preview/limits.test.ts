import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PREVIEW } from '../../cli/find-k6.ts'
import { startOddServer } from '../support/odd-server.ts'
import { type K6Options, runK6 } from '../support/run-k6.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-limits-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let scripts = 0

/** Runs a script that stands in the test. */
function run(source: string, options: K6Options & { name?: string } = {}) {
  const path = join(directory, options.name ?? `script-${scripts++}.js`)
  writeFileSync(path, source)
  return runK6(PREVIEW, path, { ...options, process: { TMPDIR: directory, ...options.process } })
}

const NOTHING = 'export default function () {}\n'

describe('what the preview has not', () => {
  test.each([
    ["import { browser } from 'k6/browser'", /:1:\d+: k6\/browser is not in the preview: .*https:/],
    ["import grpc from 'k6/net/grpc'", /k6\/net\/grpc is not in the preview/],
    ["import x from 'k6/x/other'", /k6\/x\/other is not in the preview/],
    ["import _ from 'lodash'", /\\"lodash\\" is no path and no address/],
    ["import x from './missing.js'", /missing\.js/],
    [
      "import x from 'https://127.0.0.1:1/x.js'",
      /https:\/\/127\.0\.0\.1:1\/x\.js could not be fetched/,
    ],
    ['const x = ;', /:1:11: Unexpected/],
  ])('%s: an error names it', async (line, says) => {
    const { code, output } = await run(`${line}\n${NOTHING}`)
    expect(output).toMatch(says)
    expect(code).toBe(107)
  })

  test.each([
    ['http.file()', /http\.file\(\) is not in the preview/],
    ["http.get('http://127.0.0.1:1', { auth: 'digest' })", /auth: 'digest' is not in the preview/],
    ["fetch('http://127.0.0.1:1')", /fetch is not defined/],
    ['process.exit(1)', /process is not defined/],
    ["new URL('http://a')", /URL is not defined/],
    ["open('./x')", /only available in the init stage/],
  ])('%s in an iteration: an error names it, with its line', async (call, says) => {
    const { code, output } = await run(
      `import http from 'k6/http'\nexport default function () {\n  ${call}\n}\n`,
    )
    expect(output).toMatch(says)
    expect(output).toMatch(/at default \([^)]*script-\d+\.js:3:\d+\)/)
    expect(code).toBe(0) // as with k6, an exception ends only the iteration
  })

  test('more than 50 VUs', async () => {
    const { code, output } = await run(
      `export const options = { vus: 51, duration: '1s' }\n${NOTHING}`,
    )
    expect(output).toContain('this test needs 51 VUs, and the preview has 50 at most')
    expect(code).toBe(104)
  })

  test('50 it has', async () => {
    const { code, values } = await run(`import { sleep } from 'k6'
      export const options = { vus: 50, iterations: 50 }
      export default function () { sleep(1) }`)
    expect(values('iterations')).toHaveLength(50)
    expect(values('iteration_duration').every((ms) => ms >= 999 && ms < 1500)).toBe(true)
    expect(code).toBe(0)
  })

  test('VUs that wait for arrivals may be fewer, until one more is needed', async () => {
    const script = (seconds: number) => `import { sleep } from 'k6'
      export const options = { scenarios: { s: { executor: 'constant-arrival-rate', rate: 60,
        duration: '1940ms', preAllocatedVUs: 80 } } }
      export default function () { sleep(${seconds}) }`
    const enough = await run(script(0.2))
    expect(enough.values('iterations')).toHaveLength(117)
    expect(enough.values('dropped_iterations')).toEqual([])
    expect(enough.output).toContain('50 VUs are shared by the scenarios, which ask for 80')
    expect(enough.code).toBe(0)
    const short = await run(script(5))
    expect(short.values('dropped_iterations')).toEqual([])
    expect(short.output).toContain('this test needs 51 VUs')
    expect(short.code).toBe(104)
  })
})

test('newer syntax gets a warning with its line, and runs', async () => {
  const { code, output } = await run(`const a = {}\nconst b = a?.b\n${NOTHING}`)
  expect(output).toMatch(/level=warning msg="[^"]*:2:13: syntax newer than ES2017/)
  expect(code).toBe(0)
})

test('many requests on one connection leave nothing behind', async () => {
  const server = await startOddServer()
  const { values, output } = await run(`import http from 'k6/http'
    export default function () {
      for (let i = 0; i < 30; i++) http.get('${server.url}/json')
    }`)
  server.stop()
  expect(values('http_req_connecting').filter((ms) => ms > 0)).toHaveLength(1)
  expect(output).not.toMatch(/Warning|level=warning/)
})

test('TypeScript and CommonJS', async () => {
  const typed = await run("console.log('typed' as string)\nexport default function (): void {}\n", {
    name: 'typed.ts',
  })
  expect(typed.output).toContain('msg=typed')
  const common = await run(`const { check } = require('k6')
    const exec = require('k6/execution')
    let told
    try { told = exec.instance } catch (error) { told = String(error) }
    console.log(told)
    module.exports.default = function () { check(1, { one: (n) => n === 1 }) }
    module.exports.options = { iterations: 3 }`)
  expect(common.values('checks')).toEqual([1, 1, 1])
  expect(common.output).toContain('getting instance information in the init context')
})

describe('Ctrl-C', () => {
  const busy = `export const options = { vus: 2, duration: '1m' }
    export default function () { for (;;); }
    export function teardown() { console.log('TEARDOWN') }
    export function handleSummary() { return { stdout: 'SUMMARY' } }`

  test('ends a busy VU, and runs teardown and handleSummary', async () => {
    const { code, output } = await run(busy, {
      async during({ kill, seen }) {
        await seen('scenarios: 1')
        await new Promise((resolve) => setTimeout(resolve, 1500))
        kill('SIGINT')
      },
    })
    expect(output).toContain('TEARDOWN')
    expect(output).toContain('SUMMARY')
    expect(output).toContain('0 complete and 2 interrupted iterations')
    expect(code).toBe(105)
  })

  test('a second one ends it at once', async () => {
    const slow = busy.replace("console.log('TEARDOWN')", "console.log('TEARDOWN'); for (;;);")
    const { code, output } = await run(slow, {
      async during({ kill, seen }) {
        await seen('scenarios: 1')
        await new Promise((resolve) => setTimeout(resolve, 1500))
        kill('SIGINT')
        await seen('TEARDOWN')
        kill('SIGINT')
      },
    })
    expect(output).not.toContain('SUMMARY')
    expect(code).toBe(105)
  })

  test('nothing is left', () => {
    expect(readdirSync(directory).filter((name) => name.startsWith('k6-llm-preview-'))).toEqual([])
    const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(running.split('\n').filter((line) => line.includes(directory))).toEqual([])
  })
})

test('it says that it is a preview, first and last', async () => {
  const { output } = await run(NOTHING)
  expect(output).toContain('k6-llm preview: this script runs in Node, without k6')
  expect(output).toContain('they are no benchmark')
})
