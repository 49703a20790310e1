import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CommandError } from '../command.ts'
import { inPackage } from '../package-root.ts'

/** For exchanges under way to end and the port to be closed, ms. */
const STOP_LIMIT = 5000

/** A relay of this run. */
export interface RunRelay {
  url: string
  /** Ends it. @returns why it was gone before, where it was */
  stop(): Promise<string | undefined>
}

/**
 * Starts a relay in a process group of its own: Ctrl-C in a terminal does not reach it, since k6's
 * teardown needs it still. It ends by itself where this process dies.
 *
 * @param allow origins that it forwards to
 * @param more further options of the relay
 */
export async function startRelayFor(
  allow: readonly string[],
  more: readonly string[] = [],
): Promise<RunRelay> {
  const allowed = allow.flatMap((origin) => ['--allow', origin])
  const child = spawn(
    process.execPath,
    [inPackage('dist/relay/main.js'), '--port', '0', ...allowed, ...more],
    { detached: true, windowsHide: true, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  )
  const gone = once(child, 'exit').then(([code, signal]) => `${signal ?? `code ${code}`}`)
  const url = await Promise.race([
    readUrl(child),
    gone.then((how) => {
      throw new CommandError(
        `the relay ended with ${how} before it was ready; --stream none goes without`,
      )
    }),
  ])
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return gone
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT)
      await gone
      clearTimeout(late)
      return undefined
    },
  }
}

async function readUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the relay has no stdout')
  const [line] = await once(createInterface(child.stdout), 'line')
  const { url }: { url: string } = JSON.parse(line)
  return url
}

/** Variables by which k6 asks the relay itself, though it has a proxy for all else. */
export function withoutProxy(environment: NodeJS.ProcessEnv): Record<string, string> {
  const before = environment.NO_PROXY || environment.no_proxy
  const value = before ? `${before},127.0.0.1` : '127.0.0.1'
  return { NO_PROXY: value, no_proxy: value }
}
