import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

/**
 * Runs a program in this terminal and waits for it, whatever signal comes: k6 ends its test in good
 * order after Ctrl-C, and what was started for it must still be there then.
 *
 * @param {string} path
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, toStderr?: boolean, log?: (chunk: Buffer) => void }} [options]
 *   `toStderr`: what it prints goes to stderr, since stdout is for JSON; `log`: what it prints goes
 *   there as well
 * @returns {Promise<{ code: number, interrupted: boolean }>} its exit code; 128 + the signal's
 *   number where a signal ended it
 */
export async function runProcess(path, args, { env = process.env, toStderr, log } = {}) {
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
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    interrupted = true
    // Ctrl-C in a terminal reaches k6 as well; a second SIGINT would end it at once.
    if (signal === 'SIGINT' && inTerminal) return
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, onSignal)
  try {
    const [code, signal] = await once(child, 'close')
    return {
      code: code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)],
      interrupted,
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
