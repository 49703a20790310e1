import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from '../../cli/find-k6.ts'
import { PREVIEW_METRIC } from '../../src/report/k6-data.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A sample of k6's JSON output. */
interface Point {
  metric: string
  value: number
  /** ISO time. */
  time: string
  tags: Record<string, string>
}

export interface K6Run {
  code: number | null
  /** Everything it printed. */
  output: string
  samples: Point[]
  /** The values of one metric, those with the given tags only. */
  values(metric: string, tags?: Record<string, string>): number[]
}

export interface K6Options {
  env?: Record<string, string>
  args?: string[]
  /** Variables of the k6 process itself. */
  process?: Record<string, string>
  /** The folder that k6 is started in. @default the repository */
  cwd?: string
  /** Called with the running process, for signals; resolved before its end is awaited. */
  during?(run: {
    kill(signal: NodeJS.Signals): void
    seen(text: string): Promise<void>
  }): Promise<void>
}

/** Exit codes of k6 (https://pkg.go.dev/go.k6.io/k6/errext/exitcodes). */
export const EXIT = {
  ok: 0,
  thresholds: 99,
  setupFailed: 107,
  aborted: 108,
  interrupted: 105,
  invalidConfig: 104,
} as const

/** Runs a script of this repository on a real k6 and reads every sample it made. */
export async function runK6(k6: Engine, script: string, options: K6Options = {}): Promise<K6Run> {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-'))
  const json = join(directory, 'out.json')
  const env = Object.entries(options.env ?? {}).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ])
  const [program, ...before] = k6.command
  const child = spawn(
    program,
    [
      ...before,
      'run',
      '--no-usage-report',
      '--no-color',
      '--address',
      '127.0.0.1:0',
      '--out',
      `json=${json}`,
      ...env,
      ...(options.args ?? []),
      script,
    ],
    {
      cwd: options.cwd ?? root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnv(), ...options.process },
    },
  )
  let output = ''
  const watchers: { text: string; resolve(): void }[] = []
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
    for (const watcher of watchers) if (output.includes(watcher.text)) watcher.resolve()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = once(child, 'close') as Promise<[number | null]>
  if (options.during) {
    await options.during({
      kill: (signal) => child.kill(signal),
      seen: (text) =>
        new Promise((resolve) => {
          if (output.includes(text)) resolve()
          else watchers.push({ text, resolve })
        }),
    })
  }
  const [code] = await ended
  const samples = readSamples(json)
  rmSync(directory, { recursive: true, force: true })
  return {
    code,
    output,
    samples,
    values: (metric, tags = {}) =>
      samples
        .filter(
          (s) => s.metric === metric && Object.entries(tags).every(([k, v]) => s.tags[k] === v),
        )
        .map((s) => s.value),
  }
}

/** The variables of the guide may be set on the tester's machine; k6 would pass them on. */
function cleanEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (
      /^(K6_|API_|TEST_|BASE_URL|MODEL|MAX_VUS|ERROR_|RESPONSE_|TTFT_|SEED|HTTPS?_PROXY|NO_COLOR)/i.test(
        name,
      )
    ) {
      delete env[name]
    }
  }
  return env
}

function readSamples(path: string): Point[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const samples: Point[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue
    const row = JSON.parse(line)
    // The mark of the preview is the one thing that k6 has not.
    if (row.type === 'Point' && row.metric !== PREVIEW_METRIC) {
      samples.push({
        metric: row.metric,
        value: row.data.value,
        time: row.data.time,
        tags: row.data.tags,
      })
    }
  }
  return samples
}

/** The middle value. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
