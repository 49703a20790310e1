// `npm start`: the main job. The simulator, a reference test on real k6, a verdict, a report.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { findK6, INSTALL } from '../cli/find-k6.js'

const NO_K6 = 3
const DURATION = process.env.TEST_DURATION || '30s'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

process.exitCode = await main()

/** @returns {Promise<number>} the exit code */
async function main() {
  let k6
  try {
    k6 = findK6()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return NO_K6
  }
  if (k6 === undefined) {
    console.error(
      [
        'No k6 was found: k6-llm runs on it. Install it, then run npm start again:',
        `  ${INSTALL.k6}`,
        'Is it not on PATH? Then name it: K6_BIN=/path/to/k6 npm start',
      ].join('\n'),
    )
    return NO_K6
  }
  mkdirSync('results', { recursive: true })

  // Ctrl-C reaches k6 as well, which then ends its test in good order; this waits for it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => {})

  const simulator = spawn(
    process.execPath,
    ['simulator/main.js', '--ttft', '300', '--itl', '20', '--spread', '0.2'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: process.platform !== 'win32', // out of Ctrl-C's reach: k6 still needs it then
    },
  )
  try {
    const url = await ready(simulator)
    const script = k6.streams ? 'examples/xk6-sse/streaming-test.js' : 'examples/streaming-test.js'
    console.log(`k6 ${k6.version} (${k6.path}), ${k6.streams ? 'with' : 'without'} k6/x/sse`)
    console.log(`${script} against a simulated gateway at ${url}, ${DURATION}`)
    if (!k6.streams) {
      console.log(
        `TTFT cannot be measured with this k6; one that can is built as told on ${INSTALL.sse}`,
      )
    }
    return await run(k6.path, script, url)
  } finally {
    if (simulator.exitCode === null && simulator.signalCode === null) {
      simulator.kill('SIGTERM')
      await once(simulator, 'exit')
    }
  }
}

/**
 * Waits for the simulator's ready line.
 *
 * @param {import('node:child_process').ChildProcess} simulator
 * @returns {Promise<string>} its address
 */
async function ready(simulator) {
  const lines = createInterface(/** @type {import('node:stream').Readable} */ (simulator.stdout))
  const ended = once(simulator, 'exit').then(([code]) => {
    throw new Error(`the simulator ended with code ${code} before it was ready`)
  })
  ended.catch(() => {}) // it also ends well, later
  const [line] = await Promise.race([once(lines, 'line'), ended])
  return JSON.parse(line).url
}

/**
 * Runs k6 in this terminal.
 *
 * @param {string} k6
 * @param {string} script
 * @param {string} url
 * @returns {Promise<number>} its exit code
 */
async function run(k6, script, url) {
  const variables = {
    BASE_URL: url,
    TEST_EMAIL: 'test@example.com',
    TEST_PASSWORD: 'test123',
    TEST_DURATION: DURATION,
    ...(process.env.MAX_VUS ? { MAX_VUS: process.env.MAX_VUS } : {}),
  }
  const flags = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  // Port 0: a user's own k6 may hold the default port of its REST API.
  const child = spawn(k6, ['run', '--address', '127.0.0.1:0', ...flags, script], {
    stdio: 'inherit',
  })
  const [code, signal] = await once(child, 'exit')
  return code ?? (signal === 'SIGINT' ? 130 : 1)
}
