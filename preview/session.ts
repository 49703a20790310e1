import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { boardOf, createBoard } from './board.ts'
import { EXIT, RunError } from './exit-codes.ts'
import { createLog, type Log } from './log.ts'
import type { RunOptions } from './run.ts'
import type { Host } from './vus.ts'
import { Thread } from './vus.ts'

/** What one run has open, and the ways in which it can be ended. */
export class Session {
  path: string
  given: RunOptions
  noColor: boolean
  progress: ReturnType<typeof import('./progress.ts').startProgress> | undefined
  log: Log
  clock: ReturnType<typeof boardOf>
  ended: { text: string; code: number } | undefined
  marked: string | undefined
  halt: () => void
  cleanup: (() => void)[]
  sample: (name: string, value: number, time: number, tags: Record<string, string>) => void
  threads: Set<Thread>
  io: Worker
  host: Host
  interrupts: number
  onSignal: (signal: string) => void
  onExit: () => void

  /** @param path the script */
  constructor(path: string, given: RunOptions) {
    this.path = path
    this.given = given
    this.noColor = given.noColor === true || Boolean(process.env.NO_COLOR)
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
    /** Why the run ends before its time. */
    this.ended = undefined
    /** What `exec.test.fail` said. */
    this.marked = undefined
    /** Stops what runs now. */
    this.halt = () => {}
    /** What is undone at the end. */
    this.cleanup = []
    /** Takes each sample. */
    this.sample = () => {}
    this.threads = new Set()
    this.io = new Worker(new URL('./io/thread.js', import.meta.url), { workerData: { board } })
    this.io.on('error', (error) => this.end(`the I/O thread failed: ${error.stack}`, EXIT.failed))
    this.host = {
      io: this.io,
      board,
      bundle: '',
      directory: dirname(resolve(path)),
      env: { ...process.env, ...given.env } as Record<string, string>,
      options: null,
      shared: new Map(),
      receive: (message, thread) => this.receive(message, thread),
    }
    this.interrupts = 0
    this.onSignal = (signal: string) => this.interrupt(signal)
    this.onExit = () => {
      for (const task of this.cleanup.splice(0)) task()
    }
    process.once('exit', this.onExit) // also where an error of a closed pipe ends the process
    if (given.signals !== false) {
      process.on('SIGINT', this.onSignal)
      process.on('SIGTERM', this.onSignal)
    }
  }

  /** Ends the run before its time: the first reason counts. */
  end(text: string, code: number) {
    if (this.ended !== undefined) return
    this.ended = { text, code }
    this.halt()
  }

  /** Throws where the run was ended. */
  check() {
    if (this.ended !== undefined) throw new RunError(this.ended.text, this.ended.code)
  }

  interrupt(signal: string) {
    this.interrupts++
    if (this.interrupts > 1) process.exit(EXIT.externalAbort)
    const name = signal === 'SIGINT' ? 'interrupt' : 'terminated'
    // In k6's words, which others may look for.
    this.end(`test run was aborted because k6 received a '${name}' signal`, EXIT.externalAbort)
  }

  /** A message of a thread that runs the script. */
  receive(message: any, thread: Thread) {
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

  /** A thread for what is no VU: k6 runs each of these in a runtime of its own. */
  thread(role: 'init' | 'setup' | 'teardown' | 'summary') {
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
