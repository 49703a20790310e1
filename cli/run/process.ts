import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { forTerminal, withoutStack } from './heard.ts'

export interface ProcessOptions {
  /** @default that of this process */
  env?: NodeJS.ProcessEnv
  /** what it prints goes to stderr, since stdout is for JSON */
  toStderr?: boolean
  /** is told each line of its stderr, where k6 and the preview log */
  onLog?: (line: string) => void
}

export interface Ended {
  /** 128 + the signal's number where a signal ended it */
  code: number
  interrupted: boolean
}

/**
 * Runs a program in this terminal and waits for it, whatever signal comes: k6 ends its test in good
 * order after Ctrl-C, and what was started for it must still be there then.
 */
export async function runProcess(
  path: string,
  args: string[],
  { env = process.env, toStderr, onLog }: ProcessOptions = {},
): Promise<Ended> {
  const child = spawn(path, args, {
    stdio: ['inherit', toStderr ? 2 : 'inherit', onLog ? 'pipe' : 'inherit'],
    env,
  })
  if (onLog && child.stderr) passOn(child.stderr, onLog)
  let interrupted = false
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const onSignal = (signal: NodeJS.Signals) => {
    interrupted = true
    // Ctrl-C in a terminal reaches k6 as well; a second SIGINT would end it at once.
    if (signal === 'SIGINT' && inTerminal) return
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  }
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, onSignal)
  try {
    await once(child, 'close')
    const { exitCode, signalCode } = child
    const code = exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode])
    return { code, interrupted }
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/** Shows a log as its program would, and hands it over. */
function passOn(log: Readable, onLog: (line: string) => void) {
  const { isTTY } = process.stderr
  const color = isTTY && process.env.NO_COLOR === undefined
  createInterface({ input: log, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (raw) => {
    const line = withoutStack(raw)
    process.stderr.write(`${isTTY ? forTerminal(line, color) : line}\n`)
    onLog(line)
  })
}
