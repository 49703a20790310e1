import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  type CertificateStep,
  type CertifiedStart,
  type CertifiedWay,
  parseJson,
  textOf,
} from '#node'
import { inPackage } from '../package-root.ts'
import { errorsOf, type Kept, quantilesOf, round, type Seen } from './errors.ts'

const SCRIPTS: Record<CertifiedWay, string> = {
  relay: inPackage('dist/cli/calibrate/script.js'),
  'k6/x/sse': inPackage('dist/cli/calibrate/script-sse.js'),
}
const simulator = inPackage('dist/simulator/main.js')

/** Of the simulated server, ms. */
const TTFT = 100
/** A step may take so long, k6's start included, ms: k6 0.47 takes seconds for that on a busy machine. */
const BOUND = 15_000
/** The load of a step, about, ms. */
const LOAD = 6000

/** A step that could not be measured: the message says why. */
export class StepError extends Error {}

interface Simulator {
  url: string
  stop(): Promise<void>
}

/**
 * Starts the simulator for streams of one pace.
 *
 * @param rate tokens/s
 */
export async function startSimulator(rate: number): Promise<Simulator> {
  const args = ['--flavor', 'vllm', '--ttft', String(TTFT), '--itl', String(1000 / rate)]
  const child = spawn(process.execPath, [simulator, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  const ended = once(child, 'exit').then(([code]) => {
    throw new StepError(`the simulator ended with code ${code} before it was ready`)
  })
  ended.catch(() => {}) // it also ends well, later
  const [line] = await Promise.race([once(lines, 'line'), ended])
  return {
    url: textOf(parseJson(line)?.url),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

interface Load {
  /** path */
  k6: string
  way: CertifiedWay
  start: CertifiedStart
  /** address of the relay, where it is the way */
  relay?: string
  /** of the simulator */
  url: string
  /** at the time */
  streams: number
  /** tokens per second of each */
  rate: number
  /** ms that p99 of both errors must stay under */
  limit: number
}

/** Runs one load on k6 and compares what it measured with what the simulator sent. */
export async function runStep(load: Load): Promise<CertificateStep> {
  const { k6, way, start, relay, url, streams, rate, limit } = load
  // Short streams: there is one TTFT in each, and p99 wants many.
  const tokens = Math.max(3, Math.round(rate * 0.4))
  const length = TTFT + ((tokens - 1) * 1000) / rate
  // One round passes until the last stream has begun; the first one is warm-up.
  const rounds = Math.max(2, Math.floor(LOAD / length) - 1)
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-calibrate-'))
  const summary = join(directory, 'summary.json')
  const log = join(directory, 'console.log')
  const variables = {
    BASE_URL: url,
    STREAMS: streams,
    ROUNDS: rounds,
    TOKENS: tokens,
    LENGTH: Math.ceil(length),
    BOUND: `${BOUND - 1500}ms`,
    SUMMARY: summary,
    START: start,
    START_SPREAD: '0s',
    ...(relay !== undefined && { LLM_RELAY: relay }),
  }
  const flags = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  await fetch(`${url}/__sim/requests`, { method: 'DELETE' })
  try {
    const { code, output } = await runK6(k6, [
      ...['run', '--quiet', '--no-color', '--no-usage-report', '--address', '127.0.0.1:0'],
      ...['--console-output', log, '--log-format', 'raw', ...flags, SCRIPTS[way]],
    ])
    const metrics = readMetrics(summary)
    if (metrics === undefined) {
      const why = code === null ? `was stopped after ${BOUND / 1000} s` : `ended with code ${code}`
      throw new StepError(`${streams} streams: k6 ${why}\n${output.trim()}`)
    }
    const seen = readLines(log)
    const response = await fetch(`${url}/__sim/requests`)
    const { requests }: { requests: Kept[] } = JSON.parse(await response.text())
    const { ttft, gaps, lost } = errorsOf(seen, requests)
    const missing = lost + streams * (rounds - 1) - seen.length
    if (ttft.length === 0) {
      throw new StepError(`${streams} streams: none came to its end\n${output.trim()}`)
    }
    const quantiles = { ttft: quantilesOf(ttft), gap: quantilesOf(gaps) }
    const lag = metrics.llm_client_lag?.values['p(99)']
    return {
      way,
      start,
      streams,
      rate,
      ...quantiles,
      ...(lag !== undefined && { lag: round(lag) }),
      lost: missing,
      holds: missing === 0 && quantiles.ttft.p99 < limit && quantiles.gap.p99 < limit,
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Ended {
  /** null: it was stopped */
  code: number | null
  output: string
}

async function runK6(k6: string, args: string[]): Promise<Ended> {
  // A K6_… variable of the user's would change the load.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(K6_|(HTTPS?_PROXY|API_BASE_URL|API_TOKEN|MODEL|SEED|LLM_RELAY)$)/i.test(name),
    ),
  )
  const child = spawn(k6, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), BOUND)
  try {
    const [code] = await once(child, 'close')
    return { code, output }
  } finally {
    clearTimeout(timer)
  }
}

/** What the script writes of k6's metrics, as far as it is read. */
interface Metrics {
  llm_client_lag?: { values: Record<string, number> }
}

/** @returns undefined where k6 wrote none */
function readMetrics(path: string): Metrics | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function readLines(path: string): Seen[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
