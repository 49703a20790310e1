import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Board, boardOf, createBoard } from './board.ts'
import { EXIT, type Failure, RunError } from './exit-codes.ts'
import { createLog, type Log } from './log.ts'
import type { Report, Role, Tags } from './messages.ts'
import type { Given } from './options.ts'
import type { Progress } from './progress.ts'
import { type Host, Thread } from './vus.ts'

/** Of a run; all may be left out. */
export interface RunOptions {
  /** `-e NAME=value`, over the process's own variables */
  env?: Record<string, string>
  /**
   * over what the script exports, in k6's names: `vus`, `duration`, `iterations`, `stages`,
   * `tags`, `setupTimeout` …
   */
  options?: Given
  /** `json=FILE`: every sample as a line */
  out?: string[]
  /** a file for the summary as JSON */
  summaryExport?: string
  noSummary?: boolean
  noSetup?: boolean
  noTeardown?: boolean
  noThresholds?: boolean
  /** no progress, no banner */
  quiet?: boolean
  /** the log's debug lines too */
  verbose?: boolean
  noColor?: boolean
  logFormat?: 'text' | 'raw' | 'json'
  /** a file for what the script writes by `console` */
  consoleOutput?: string
  /** whether Ctrl-C ends the test in good order; true unless given */
  signals?: boolean
}

/** What one run has open, and the ways in which it can be ended. */
export class Session {
  /** the script */
  readonly path: string
  readonly given: RunOptions
  readonly noColor: boolean
  readonly log: Log
  readonly clock: Board
  readonly host: Host
  progress: Progress | undefined
  /** why the run ends before its time */
  ended: Failure | undefined
  /** what `exec.test.fail` said */
  marked: string | undefined
  /** stops what runs now */
  halt: () => void = () => {}
  /** what is undone at the end */
  readonly cleanup: (() => void)[] = []
  /** takes each sample */
  sample: (name: string, value: number, time: number, tags: Tags) => void = () => {}
  private readonly threads = new Set<Thread>()
  private readonly io: Worker
  private interrupts = 0
  private readonly onSignal = (signal: string) => this.interrupt(signal)
  private readonly onExit = () => {
    for (const task of this.cleanup.splice(0)) task()
  }

  constructor(path: string, given: RunOptions) {
    this.path = path
    this.given = given
    this.noColor = given.noColor === true || Boolean(process.env.NO_COLOR)
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
    this.io = new Worker(new URL('./io/thread.js', import.meta.url), { workerData: { board } })
    this.io.on('error', (error) =>
      this.end(`the I/O thread failed: ${stackOf(error)}`, EXIT.failed),
    )
    this.host = {
      io: this.io,
      board,
      bundle: '',
      directory: dirname(resolve(path)),
      env: { ...environment(), ...given.env },
      options: null,
      shared: new Map(),
      receive: (message, thread) => this.receive(message, thread),
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

  private interrupt(signal: string) {
    this.interrupts++
    if (this.interrupts > 1) process.exit(EXIT.externalAbort)
    const name = signal === 'SIGINT' ? 'interrupt' : 'terminated'
    // In k6's words, which others may look for.
    this.end(`test run was aborted because k6 received a '${name}' signal`, EXIT.externalAbort)
  }

  /** A message of a thread that runs the script. */
  private receive(message: Report, thread: Thread) {
    switch (message.kind) {
      case 'log':
        return this.log.write(message.level, message.text, message.fields)
      case 'samples':
        for (const sample of message.batch) this.sample(...sample)
        return
      case 'fail':
        this.marked ??= message.text
        return
      case 'abort':
        this.end(message.text, EXIT.scriptAborted)
        return thread.stop()
    }
  }

  /** A thread for what is no VU: k6 runs each of these in a runtime of its own. */
  thread(role: Exclude<Role, 'vu'>) {
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

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error))

/** The process's own variables. */
function environment() {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined) set[name] = value
  return set
}
