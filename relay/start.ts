import cluster, { type Worker } from 'node:cluster'
import { isIP } from 'node:net'
import type { RelayFailure } from '#node'
import { mergeFailures } from './record/failures.ts'
import { createRecorder, type Recorder } from './record/recorder.ts'
import { createRelay } from './server.ts'
import type { RelaySettings } from './settings.ts'

/** A relay that runs. */
export interface RunningRelay {
  url: string
  /** Ends the exchanges under way, writes the record to its end, closes. */
  stop(): Promise<void>
}

/** Says something to the person at the terminal. */
export type Warn = (message: string) => void

/** Starts a relay in this process. */
export async function startRelay(settings: RelaySettings, warn: Warn): Promise<RunningRelay> {
  const recorder = createRecorder(settings.record, warn)
  const relay = createRelay(settings, recorder.add, (began) => failuresOfAll(recorder, began))
  if (cluster.isWorker) answerFailures(recorder)
  const port = await relay.listen()
  return {
    url: urlOf(settings.host, port),
    async stop() {
      await relay.close()
      await recorder.close()
    },
  }
}

/**
 * Starts so many processes that share one port: connections go to them in turns. Each runs this
 * same program, which finds itself a worker (`cluster.isWorker`).
 */
export async function startWorkers(count: number, host: string, warn: Warn): Promise<RunningRelay> {
  let stopping = false
  const ports = Array.from({ length: count }, () => {
    const worker = forkWorker()
    return new Promise<number>((resolve, reject) => {
      worker.once('listening', (address) => resolve(address.port))
      worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code}`)))
    })
  })
  const [port = 0] = await Promise.all(ports)
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return
    warn(`worker ${worker.process.pid} ended (${signal || code}): its requests are lost`)
    forkWorker()
  })
  return {
    url: urlOf(host, port),
    async stop() {
      stopping = true
      await Promise.all(
        Object.values(cluster.workers ?? {}).map(
          (worker) =>
            new Promise<void>((resolve) => {
              if (worker === undefined || worker.isDead()) return resolve()
              worker.once('exit', () => resolve())
              worker.send('stop')
            }),
        ),
      )
    },
  }
}

function forkWorker(): Worker {
  const worker = cluster.fork()
  gatherFailures(worker)
  return worker
}

/** What workers and the first process say to each other of failures. */
interface FailuresMessage {
  failures: 'ask all' | 'tell' | RelayFailure[]
  /** Of which run. */
  began: number
}

function isAboutFailures(message: unknown): message is FailuresMessage {
  return typeof message === 'object' && message !== null && 'failures' in message
}

/** Whether it is the list that was asked for. */
function answers(
  message: unknown,
  began: number,
): message is FailuresMessage & { failures: RelayFailure[] } {
  if (!isAboutFailures(message) || typeof message.failures === 'string') return false
  return Object.is(message.began, began)
}

/** Of one process its own; of a worker those of all, which the first process asks for. */
async function failuresOfAll(recorder: Recorder, began: number): Promise<RelayFailure[]> {
  if (!cluster.isWorker || process.send === undefined) return recorder.failures(began)
  const answered = new Promise<RelayFailure[]>((resolve) => {
    const onMessage = (message: unknown) => {
      if (!answers(message, began)) return
      process.off('message', onMessage)
      resolve(message.failures)
    }
    process.on('message', onMessage)
  })
  process.send({ failures: 'ask all', began } satisfies FailuresMessage)
  return answered
}

/** In a worker: tells its own when the first process asks. */
function answerFailures(recorder: Recorder): void {
  process.on('message', (message) => {
    if (!isAboutFailures(message) || message.failures !== 'tell') return
    const { began } = message
    void recorder.failures(began).then((failures) => process.send?.({ failures, began }))
  })
}

/** In the first process: a worker that is asked for failures is told those of all. */
function gatherFailures(worker: Worker): void {
  worker.on('message', (message) => {
    if (!isAboutFailures(message) || message.failures !== 'ask all') return
    const all = Object.values(cluster.workers ?? {}).filter((one) => one !== undefined)
    const { began } = message
    void Promise.all(all.map((one) => tellOf(one, began))).then((lists) => {
      if (worker.isConnected()) worker.send({ failures: mergeFailures(lists), began })
    })
  })
}

function tellOf(worker: Worker, began: number): Promise<RelayFailure[]> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown) => {
      if (!answers(message, began)) return
      worker.off('message', onMessage)
      worker.off('exit', gone)
      resolve(message.failures)
    }
    const gone = () => resolve([])
    worker.on('message', onMessage)
    worker.once('exit', gone)
    worker.send({ failures: 'tell', began } satisfies FailuresMessage)
  })
}

/** The address under which k6 on this machine finds it. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`
}
