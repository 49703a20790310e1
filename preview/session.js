import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { boardOf, createBoard } from './board.js'
import { EXIT, RunError } from './exit-codes.js'
import { createLog } from './log.js'
import { Thread } from './vus.js'

/** What one run has open, and the ways in which it can be ended. */
export class Session {
  /**
   * @param {string} path the script
   * @param {import('./run.js').RunOptions} given
   */
  constructor(path, given) {
    this.path = path
    this.given = given
    this.noColor = given.noColor === true || Boolean(process.env.NO_COLOR)
    /** @type {ReturnType<typeof import('./progress.js').startProgress> | undefined} */
    this.progress = undefined
    this.log = createLog({
      stream: process.stderr,
      format: given.logFormat,
      color: !this.noColor,
      verbose: given.verbose,
      consoleOutput: given.consoleOutput,
      before: () => this.progress?.clear(),
    })
    const board = createBoard()
    this.clock = boardOf(board)
    /** Why the run ends before its time. @type {{ text: string, code: number } | undefined} */
    this.ended = undefined
    /** What `exec.test.fail` said. @type {string | undefined} */
    this.marked = undefined
    /** Stops what runs now. @type {() => void} */
    this.halt = () => {}
    /** What is undone at the end. @type {(() => void)[]} */
    this.cleanup = []
    /** Takes each sample. @type {(name: string, value: number, time: number, tags: Record<string, string>) => void} */
    this.sample = () => {}
    /** @type {Set<Thread>} */
    this.threads = new Set()
    this.io = new Worker(new URL('./io/thread.js', import.meta.url), { workerData: { board } })
    this.io.on('error', (error) => this.end(`the I/O thread failed: ${error.stack}`, EXIT.failed))
    /** @type {import('./vus.js').Host} */
    this.host = {
      io: this.io,
      board,
      bundle: '',
      directory: dirname(resolve(path)),
      env: /** @type {Record<string, string>} */ ({ ...process.env, ...given.env }),
      options: null,
      shared: new Map(),
      receive: (message, thread) => this.receive(message, thread),
    }
    this.interrupts = 0
    this.onSignal = (/** @type {string} */ signal) => this.interrupt(signal)
    this.onExit = () => {
      for (const task of this.cleanup.splice(0)) task()
    }
    process.once('exit', this.onExit) // also where an error of a closed pipe ends the process
    if (given.signals !== false) {
      process.on('SIGINT', this.onSignal)
      process.on('SIGTERM', this.onSignal)
    }
  }

  /**
   * Ends the run before its time: the first reason counts.
   *
   * @param {string} text
   * @param {number} code
   */
  end(text, code) {
    if (this.ended !== undefined) return
    this.ended = { text, code }
    this.halt()
  }

  /** Throws where the run was ended. */
  check() {
    if (this.ended !== undefined) throw new RunError(this.ended.text, this.ended.code)
  }

  /** @param {string} signal */
  interrupt(signal) {
    this.interrupts++
    if (this.interrupts > 1) process.exit(EXIT.externalAbort)
    const name = signal === 'SIGINT' ? 'interrupt' : 'terminated'
    // In k6's words, which others may look for.
    this.end(`test run was aborted because k6 received a '${name}' signal`, EXIT.externalAbort)
  }

  /**
   * A message of a thread that runs the script.
   *
   * @param {any} message
   * @param {Thread} thread
   */
  receive(message, thread) {
    if (message.kind === 'log') this.log.write(message.level, message.text, message.fields)
    else if (message.kind === 'fail') this.marked ??= message.text
    else if (message.kind === 'samples') {
      const { batch } = message
      for (let i = 0; i < batch.length; i += 4) {
        this.sample(batch[i], batch[i + 1], batch[i + 2], batch[i + 3])
      }
    } else if (message.kind === 'abort') {
      this.end(message.text, EXIT.scriptAborted)
      thread.stop()
    }
  }

  /**
   * A thread for what is no VU: k6 runs each of these in a runtime of its own.
   *
   * @param {'init' | 'setup' | 'teardown' | 'summary'} role
   */
  thread(role) {
    const made = new Thread(this.host, role, 0)
    this.threads.add(made)
    return made
  }

  async close() {
    process.off('SIGINT', this.onSignal)
    process.off('SIGTERM', this.onSignal)
    process.off('exit', this.onExit)
    await Promise.all([...this.threads].map((one) => one.stop()))
    this.onExit()
    await this.io.terminate()
    this.log.close()
  }
}
