// The VUs: threads, made before the test and handed to the scenarios.
import { MessageChannel, Worker } from 'node:worker_threads'
import { EXIT, RunError } from './exit-codes.ts'
import { INSTALL } from './modules/errors.ts'

/** What a machine of a few cores carries as threads without delaying them. */
export const MOST_VUS = 50

const WORKER = new URL('./vu/worker.js', import.meta.url)
let keys = 0

/** what a thread is made with */
export interface Host {
  io: import('node:worker_threads').Worker
  board: SharedArrayBuffer
  bundle: string
  directory: string
  env: Record<string, string>
  options: Record<string, any> | null
  shared: Map<string, object>
  /** logs, samples, aborts */
  receive: (message: any, thread: Thread) => void
}

/** A thread that has loaded the script. */
export class Thread {
  host: Host
  role: 'init' | 'setup' | 'vu' | 'teardown' | 'summary'
  id: number
  key: number
  ended: boolean
  worker: Worker
  resolveRun: ((value: any) => void) | undefined
  ready: Promise<any>

  constructor(host: Host, role: 'init' | 'setup' | 'vu' | 'teardown' | 'summary', id: number) {
    this.host = host
    this.role = role
    this.id = id
    this.key = ++keys
    this.ended = false
    const { port1, port2 } = new MessageChannel()
    const signal = new SharedArrayBuffer(4)
    host.io.postMessage({ kind: 'attach', key: this.key, port: port1, signal }, [port1])
    this.worker = new Worker(WORKER, {
      workerData: {
        role,
        id,
        bundle: host.bundle,
        directory: host.directory,
        env: host.env,
        board: host.board,
        signal,
        port: port2,
        options: host.options,
        shared: host.shared,
      },
      transferList: [port2],
    })
    this.resolveRun = undefined
    /** resolves to what the init code told */
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message) => {
        if (message.kind === 'ready') resolve(message)
        else if (message.kind === 'broken') {
          reject(new RunError(message.error, EXIT.scriptException))
        } else if (message.kind === 'done') this.finish(message)
        else if (!this.ended) host.receive(message, this)
      })
      this.worker.on('error', (error) => {
        reject(new RunError(String(error.message), EXIT.scriptException))
        this.finish({ error: String(error.message) })
      })
      this.worker.on('exit', () => {
        reject(new RunError('the VU ended while it loaded the script', EXIT.failed))
        this.ended = true
        this.finish({ interrupted: true })
      })
    })
    this.ready.catch(() => {})
  }

  finish(outcome: { result?: any; error?: string; interrupted?: boolean }) {
    const { resolveRun } = this
    this.resolveRun = undefined
    resolveRun?.(outcome)
  }

  /**
   * Runs an exported function.
   *
   * @param message see vu/worker.js
   */
  async run(message: object): Promise<{ result?: any; error?: string; interrupted?: boolean }> {
    await this.ready
    return new Promise((resolve) => {
      this.resolveRun = resolve
      this.worker.postMessage({ kind: 'run', ...message })
    })
  }

  /** Ends the thread, whatever it does. What it was running counts as interrupted. */
  async stop() {
    if (this.ended) return
    this.ended = true
    this.finish({ interrupted: true })
    this.host.io.postMessage({ kind: 'detach', key: this.key })
    await this.worker.terminate()
  }
}

/** A VU keeps its number and its counts when its thread is replaced after an interruption. */
export class Vu {
  host: Host
  id: number
  iterations: number
  inScenario: Map<string, number>
  thread: Thread

  constructor(host: Host, id: number) {
    this.host = host
    this.id = id
    this.iterations = 0
    this.inScenario = new Map()
    this.thread = new Thread(host, 'vu', id)
  }

  get ready() {
    return this.thread.ready
  }

  async run(message: (counts: { inVu: number; inScenario: number }) => object, scenario: string) {
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
  host: Host
  all: Vu[]
  free: Vu[]

  constructor(host: Host) {
    this.host = host
    this.all = []
    this.free = []
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
