import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

/**
 * Runs a program in this terminal and waits for it, whatever signal comes: k6 ends its test in good
 * order after Ctrl-C, and what was started for it must still be there then.
 *
 * @param options `toStderr`: what it prints goes to stderr, since stdout is for JSON; `log`: what it prints goes
 * there as well
 * @returns its exit code; 128 + the signal's
 * number where a signal ended it
 */
export async function runProcess(
  path: string,
  args: string[],
  {
    env = process.env,
    toStderr,
    log,
  }: { env?: NodeJS.ProcessEnv; toStderr?: boolean; log?: (chunk: Buffer) => void } = {},
): Promise<{ code: number; interrupted: boolean }> {
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
    const [code, signal] = await once(child, 'close')
    return {
      code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
      interrupted,
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
