import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

export interface ProcessOptions {
  /** @default that of this process */
  env?: NodeJS.ProcessEnv
  /** what it prints goes to stderr, since stdout is for JSON */
  toStderr?: boolean
  /** takes what it prints as well */
  log?: (chunk: Buffer) => void
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
  { env = process.env, toStderr, log }: ProcessOptions = {},
): Promise<Ended> {
  const out = toStderr ? 2 : 'inherit'
  const child = spawn(path, args, {
    stdio: log ? ['inherit', 'pipe', 'pipe'] : ['inherit', out, 'inherit'],
    env,
  })
  if (log && child.stdout && child.stderr) {
    child.stdout.on('data', (chunk) => {
      ;(toStderr ? process.stderr : process.stdout).write(chunk)
      log(chunk)
    })
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk)
      log(chunk)
    })
  }
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
