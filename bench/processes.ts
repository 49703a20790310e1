import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { root } from '../build/root.ts'
import type { K6 } from '../cli/find-k6.ts'

/** Linux counts CPU time in /proc in these, whatever the kernel's own tick is. */
const TICK_MS = 10

export interface RunningServer {
  pid: number
  url: string
  stop(): Promise<void>
}

/**
 * A server in a process of its own. It is killed by its pid, and with this process.
 *
 * @param script relative to the project
 */
export async function startServer(script: string, ...args: string[]): Promise<RunningServer> {
  const loader = script.endsWith('.ts') ? ['--import', 'tsx'] : []
  const child = spawn(process.execPath, [...loader, script, ...args], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const end = () => child.kill('SIGKILL')
  process.on('exit', end)
  const ended = once(child, 'exit')
  const failed = ended.then(([code]) => {
    throw new Error(`${script} ended with code ${code}`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), failed])
  failed.catch(() => undefined) // it ends, later, as it should
  return {
    url: JSON.parse(line).url,
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', end)
      child.kill('SIGTERM')
      await ended
    },
  }
}

interface Run {
  /** ms of CPU, user and system, all threads, from the start to the end */
  cpu: number
  /** what the script printed */
  lines: string[]
}

interface RunOptions {
  vus: number
  /** one for each VU, unless given */
  iterations?: number
  env?: Record<string, string | number>
  args?: string[]
  /** variables of the k6 process itself */
  process?: Record<string, string>
  /** called as lines are printed */
  onLine?: (line: string, pid: number) => void
  started?: (pid: number) => void
}

/**
 * Runs a script of bench/k6 on a real k6. Fails where k6 does, and where an iteration threw.
 *
 * The CPU time is what the kernel adds to this process when the child has ended (cutime and
 * cstime in /proc/self/stat), complete and of one child only as long as children end one at a time.
 */
export async function runK6(k6: K6, script: string, options: RunOptions): Promise<Run> {
  const { vus, iterations, env = {}, args = [], onLine, started } = options
  const before = cpuOfChildren()
  const child = spawn(
    k6.path,
    [
      ...['run', '--quiet', '--no-usage-report', '--no-color', '--log-format', 'raw'],
      ...(args.includes('--address') ? [] : ['--address', '127.0.0.1:0']),
      ...(iterations === undefined ? [] : ['-u', `${vus}`, '-i', `${iterations}`]),
      ...Object.entries({ VUS: vus, ...env }).flatMap(([name, value]) => [
        '-e',
        `${name}=${value}`,
      ]),
      ...args,
      `bench/k6/${script}`,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...cleanEnv(), ...options.process },
    },
  )
  const pid = child.pid
  if (pid === undefined) throw new Error(`${k6.path} does not start`)
  const ended = once(child, 'close')
  const end = () => child.kill('SIGKILL')
  process.on('exit', end)
  started?.(pid)
  const lines: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line)
    onLine?.(line, pid)
  })
  const [code] = await ended
  process.off('exit', end)
  if (code !== 0) {
    throw new Error(`${k6.name} run ${script}: code ${code}\n${lines.slice(-20).join('\n')}`)
  }
  const wrong = lines.find((line) => line.includes('Uncaught') || line.includes('Error:'))
  if (wrong) throw new Error(`${k6.name} run ${script}: ${wrong}`)
  return { cpu: cpuOfChildren() - before, lines }
}

/** CPU that ended children took, in ms. */
function cpuOfChildren() {
  const fields = statOf('self')
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS
}

/** CPU that a running process took so far, in ms. */
function cpuOf(pid: number | 'self') {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** The same of a process and the children that it has now, as a relay with workers. */
export function cpuOfFamily(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children
    .split(' ')
    .filter((child) => child !== '')
    .reduce((sum, child) => sum + cpuOf(Number(child)), cpuOf(pid))
}

/** CPU of this process and its ended children, in ms. */
export const ownCpu = () => cpuOf('self') + cpuOfChildren()

/** The fields of proc(5)'s stat from `state` on; the name before it may have any character. */
function statOf(pid: number | 'self') {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** A figure of /proc/PID/status in KB; 0 where the process has ended. */
export function memory(pid: number, field: 'VmHWM' | 'VmRSS') {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The tester's own settings must not decide what is measured. */
function cleanEnv() {
  const own = /^(K6_|API_|TEST_|BASE_URL|MODEL|MAX_VUS|SEED|GOGC|GOMEMLIMIT|HTTPS?_PROXY)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
