import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/simulator/main.js', import.meta.url))

/** One request, as the simulator kept it; times are ms since the epoch. */
export interface Kept {
  ordinal: number
  path: string
  stream: boolean
  status: number
  fault: string | null
  receivedAt: number
  headersAt: number
  sentAt: number[]
  kinds: string[]
  tokens: number[]
  completionTokens: number
  closedByClient: boolean
  model: string
  body: { model?: string; messages?: { content: string }[] }
  headers: Record<string, string>
}

export interface Simulator {
  url: string
  /** Past the slow network, where there is one. */
  direct: string
  requests(path?: string): Promise<Kept[]>
  clear(): Promise<void>
  configure(changes: Record<string, unknown>): Promise<void>
  status(): Promise<{ current_profile: string; status: string }>
  resetModels(): Promise<void>
  stop(): Promise<void>
}

/** Starts a simulator in a process of its own: in this one, tests would delay its timers. */
export async function startSimulator(...args: string[]): Promise<Simulator> {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('no output')
  const lines = createInterface(child.stdout)
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the simulator ended with code ${code}`)
    }),
  ])) as [string]
  // Behind a slow network the record is asked for past it.
  const { url, direct = url } = JSON.parse(line) as { url: string; direct?: string }

  async function call<T>(method: string, path: string, json?: unknown): Promise<T> {
    const response = await fetch(direct + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: json === undefined ? undefined : JSON.stringify(json),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  return {
    url,
    direct,
    async requests(path) {
      const query = path === undefined ? '' : `?path=${encodeURIComponent(path)}`
      return (await call<{ requests: Kept[] }>('GET', `/__sim/requests${query}`)).requests
    },
    clear: () => call('DELETE', '/__sim/requests'),
    configure: (changes) => call('POST', '/__sim/config', changes),
    status: () => call('GET', '/api/models/status'),
    resetModels: () => call('POST', '/__sim/models/reset'),
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
