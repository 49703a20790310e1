import cluster from 'node:cluster'
import type { Command } from 'commander'
import { addOptions, type RelayFlags, toSettings, warningsOf } from './options.ts'
import type { RunningRelay } from './start.ts'

const WRONG_USE = 2
const FAILED = 1

/** Makes a command start a relay. */
export function describe(command: Command): Command {
  return addOptions(command)
    .summary('lets a stock k6 see tokens arrive')
    .description(
      'A relay between k6 and the server that notes when each token came. Prints one line of JSON ' +
        'with its url when it is ready; give that to the script as -e LLM_RELAY=URL. Ends on ' +
        'SIGTERM and SIGINT.',
    )
    .action((flags: RelayFlags) => (cluster.isWorker ? serve(flags) : lead(flags)))
}

/** The process that was called. */
async function lead(flags: RelayFlags): Promise<void> {
  for (const warning of warningsOf(flags)) say(warning)
  const running = await begin(async () => {
    const settings = toSettings(flags, process.env)
    const { startRelay, startWorkers } = await import('./start.ts') // help is quick without it
    return flags.workers > 1
      ? startWorkers(flags.workers, flags.host, say)
      : startRelay(settings, say)
  })
  onceStopped(running) // before anyone knows that it can be stopped
  process.stdout.write(`${JSON.stringify({ url: running.url, pid: process.pid })}\n`)
}

/** One of several workers: it stops when the first process says so. */
async function serve(flags: RelayFlags): Promise<void> {
  // Ctrl-C reaches the whole group; the first process decides.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  const running = await begin(async () => {
    const { startRelay } = await import('./start.ts')
    return startRelay(toSettings(flags, process.env), say)
  })
  const stop = () => void running.stop().then(() => process.exit(0))
  process.on('message', (message) => {
    if (message === 'stop') stop()
  })
  process.once('disconnect', stop)
}

async function begin(start: () => Promise<RunningRelay>): Promise<RunningRelay> {
  surviveFaults()
  try {
    return await start()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    const listening = error instanceof Error && 'syscall' in error
    process.exit(listening ? FAILED : WRONG_USE)
  }
}

function onceStopped(running: RunningRelay): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    void running.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Nobody is left to stop it where the one that started it died.
  if (process.send === undefined) return
  if (process.connected) process.once('disconnect', stop)
  else stop()
}

/**
 * A fault in one exchange must not end those of all other users: it is said, with its place and
 * without its message, which may hold what was being read.
 */
function surviveFaults(): void {
  const tell = (error: unknown) => {
    const place =
      error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4).join(' ') : ''
    say(`a fault of the relay itself (${error instanceof Error ? error.name : 'unknown'})${place}`)
  }
  process.on('uncaughtException', tell)
  process.on('unhandledRejection', tell)
}

function say(message: string): void {
  process.stderr.write(`relay: ${message}\n`)
}
