import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RealServer } from './servers.ts'

/** Longest time that a server may take till it answers, ms: vLLM compiles on its first start. */
const LONGEST_START = 600_000

export interface Running {
  url: string
  /** the sums of its counters, absent where it has none */
  counters(): Promise<{ prompt: number; completion: number } | undefined>
  stop(): Promise<void>
}

/** Starts a server on a free port and waits until it answers. */
export async function startServer(
  server: RealServer,
  { program, needed }: { program: string; needed: string },
): Promise<Running> {
  const scratch = mkdtempSync(join(tmpdir(), 'k6-llm-server-'))
  const port = await freePort()
  const child = spawn(program, server.args({ port, scratch, needed }), {
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...server.env },
    // vLLM has processes of its own.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000)
    })
  }
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGTERM')
      const patience = wait(15_000, 'late' as const)
      if ((await Promise.race([ended, patience])) === 'late') process.kill(-child.pid, 'SIGKILL')
      await ended
    }
    rmSync(scratch, { recursive: true, force: true })
  }
  const until = Date.now() + LONGEST_START
  while (!(await isReady(url + server.ready))) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < until) {
      await wait(250)
      continue
    }
    await stop()
    throw new Error(`${server.name} did not come up; it said: ${said}`)
  }
  return {
    url,
    stop,
    async counters() {
      if (!server.counters) return undefined
      const headers = server.key ? { authorization: `Bearer ${server.key}` } : undefined
      const page = await (await fetch(`${url}/metrics`, { headers })).text()
      const { prompt, completion } = server.counters
      return { prompt: sumOf(page, prompt), completion: sumOf(page, completion) }
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5000) })).status === 200
  } catch {
    return false
  }
}

/** Of all series of a name. */
function sumOf(page: string, name: string): number {
  const lines = page
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
