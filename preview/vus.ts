// The VUs: threads, made before the test and handed to the scenarios.
import { MessageChannel, Worker } from 'node:worker_threads'
import { INSTALL } from './errors.ts'
import { EXIT, RunError } from './exit-codes.ts'
import type {
  Found,
  FromVu,
  Iteration,
  Outcome,
  Report,
  Role,
  Run,
  SharedElements,
  ToIo,
  VuData,
} from './messages.ts'
import type { Options } from './options.ts'
import { messageOf } from './script-values.ts'

/** What a machine of a few cores carries as threads without delaying them. */
export const MOST_VUS = 50

const THREAD = new URL('./runtime/thread.js', import.meta.url)
let keys = 0

/** What a thread is made with. */
export interface Host {
  /** the I/O thread */
  io: Worker
  board: SharedArrayBuffer
  bundle: string
  directory: string
  env: Record<string, string>
  options: Options | null
  shared: Map<string, SharedElements>
  receive: (message: Report, thread: Thread) => void
}

const tellIo = ({ io }: Host, message: ToIo) =>
  io.postMessage(message, message.kind === 'attach' ? [message.port] : [])

/** A thread that has loaded the script. */
export class Thread {
  readonly host: Host
  readonly role: Role
  readonly key = ++keys
  ended = false
  /** resolves to what the first run of the init code told */
  readonly ready: Promise<Found | undefined>
  private readonly worker: Worker
  private resolveRun: ((outcome: Outcome) => void) | undefined

  /** @param id 0 but for real VUs */
  constructor(host: Host, role: Role, id: number) {
    this.host = host
    this.role = role
    const { bundle, directory, env, board, options, shared } = host
    const { port1, port2: port } = new MessageChannel()
    const signal = new SharedArrayBuffer(4)
    tellIo(host, { kind: 'attach', key: this.key, port: port1, signal })
    const data: VuData = {
      role,
      id,
      bundle,
      directory,
      env,
      board,
      signal,
      port,
      options,
      shared,
    }
    this.worker = new Worker(THREAD, { workerData: data, transferList: [port] })
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromVu) => {
        if (message.kind === 'ready') resolve(message.found)
        else if (message.kind === 'broken') {
          reject(new RunError(message.error, EXIT.scriptException))
        } else if (message.kind === 'done') this.finish(message)
        else if (!this.ended) host.receive(message, this)
      })
      this.worker.on('error', (error) => {
        reject(new RunError(messageOf(error), EXIT.scriptException))
        this.finish({ error: messageOf(error) })
      })
      this.worker.on('exit', () => {
        reject(new RunError('the VU ended while it loaded the script', EXIT.failed))
        this.ended = true
        this.finish({ interrupted: true })
      })
    })
    this.ready.catch(() => {})
  }

  private finish(outcome: Outcome) {
    const resolve = this.resolveRun
    this.resolveRun = undefined
    resolve?.(outcome)
  }

  /** Runs an exported function. */
  async run(message: Run): Promise<Outcome> {
    await this.ready
    return new Promise((resolve) => {
      this.resolveRun = resolve
      this.worker.postMessage(message)
    })
  }

  /** Ends the thread, whatever it does. What it was running counts as interrupted. */
  async stop() {
    if (this.ended) return
    this.ended = true
    this.finish({ interrupted: true })
    tellIo(this.host, { kind: 'detach', key: this.key })
    await this.worker.terminate()
  }
}

/** A VU's iterations before this one. */
type Counts = Pick<Iteration, 'inVu' | 'inScenario'>

/** A VU keeps its number and its counts when its thread is replaced after an interruption. */
export class Vu {
  readonly id: number
  thread: Thread
  private readonly host: Host
  private iterations = 0
  private readonly inScenario = new Map<string, number>()

  constructor(host: Host, id: number) {
    this.host = host
    this.id = id
    this.thread = new Thread(host, 'vu', id)
  }

  get ready() {
    return this.thread.ready
  }

  /** Runs an iteration of a scenario. */
  async run(message: (counts: Counts) => Run, scenario: string): Promise<Outcome> {
    if (this.thread.ended) this.thread = new Thread(this.host, 'vu', this.id)
    await this.thread.ready
    const inScenario = this.inScenario.get(scenario) ?? 0
    const outcome = this.thread.run(message({ inVu: this.iterations, inScenario }))
    this.iterations++
    this.inScenario.set(scenario, inScenario + 1)
    return outcome
  }

  interrupt() {
    return this.thread.stop()
  }
}

/** The VUs that no scenario has at the moment. */
export class Pool {
  readonly all: Vu[] = []
  readonly free: Vu[] = []
  private readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  /** Makes VUs; each loads the script. */
  async fill(count: number, made: (made: number) => void) {
    let next = 0
    const worker = async () => {
      while (next < count) {
        next++
        await this.add()
        made(this.all.length)
      }
    }
    // Two at a time: they compete for the same cores.
    await Promise.all([worker(), worker()])
    this.free.sort((a, b) => a.id - b.id)
  }

  /** One more VU, ready and free. */
  async add() {
    if (this.all.length >= MOST_VUS) throw tooMany(this.all.length + 1)
    const vu = new Vu(this.host, this.all.length + 1)
    this.all.push(vu)
    await vu.ready
    this.free.push(vu)
    return vu
  }

  acquire(): Vu | undefined {
    return this.free.shift()
  }

  release(vu: Vu) {
    this.free.push(vu)
  }

  stop() {
    return Promise.all(this.all.map((vu) => vu.interrupt()))
  }
}

export function tooMany(wanted: number) {
  return new RunError(
    `this test needs ${wanted} VUs, and the preview has ${MOST_VUS} at most: run it with k6 ` +
      `(${INSTALL}), or lower its VUs (the examples read MAX_VUS)`,
    EXIT.invalidConfig,
  )
}
