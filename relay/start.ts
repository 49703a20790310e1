import cluster from 'node:cluster'
import { isIP } from 'node:net'
import { createRecorder } from './record/recorder.ts'
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
  const recorder = settings.record === undefined ? undefined : createRecorder(settings.record, warn)
  const relay = createRelay(settings, recorder?.add)
  const port = await relay.listen()
  return {
    url: urlOf(settings.host, port),
    async stop() {
      await relay.close()
      await recorder?.close()
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
    const worker = cluster.fork()
    return new Promise<number>((resolve, reject) => {
      worker.once('listening', (address) => resolve(address.port))
      worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code}`)))
    })
  })
  const [port = 0] = await Promise.all(ports)
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return
    warn(`worker ${worker.process.pid} ended (${signal || code}): its requests are lost`)
    cluster.fork()
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

/** The address under which k6 on this machine finds it. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`
}
