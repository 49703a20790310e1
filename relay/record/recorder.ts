import { Worker } from 'node:worker_threads'
import type { OnExchange } from '../server.ts'
import { secretsOf } from './secrets.ts'
import type { RecordMessage } from './thread.ts'

export interface Recorder {
  readonly add: OnExchange
  /** Resolves when all lines are written. */
  close(): Promise<void>
}

/**
 * Writes one line for each exchange to a file. Reading the answers is the work of a thread of its
 * own, so that it delays no arrival.
 *
 * @param onFault called once, with words for a person, where the record cannot be kept
 */
export function createRecorder(file: string, onFault: (message: string) => void): Recorder {
  const thread = startThread(file)
  let broken = false
  const exited = new Promise<void>((resolve) => {
    thread.once('exit', () => resolve())
  })
  thread.on('error', (error) => {
    if (!broken) onFault(`the record ${file} is not complete: ${error.message}`)
    broken = true
  })
  const post = (message: RecordMessage) => {
    if (!broken) thread.postMessage(message)
  }
  return {
    add({ origin, pathname }, control, document) {
      const { base, method, vu, scenario, tags, note, headers } = control
      const source = {
        url: origin + pathname,
        control: { base, method, vu, scenario, tags, note },
        secrets: secretsOf(headers),
      }
      post({ source, document })
    },
    async close() {
      post('end')
      await exited
    },
  }
}

function startThread(file: string): Worker {
  const built = new URL('./thread.js', import.meta.url)
  if (!import.meta.url.endsWith('.ts')) return new Worker(built, { workerData: { file } })
  // Run from the source: a thread does not inherit the loader of TypeScript.
  const source = new URL('./thread.ts', import.meta.url)
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}') })`
  return new Worker(code, { eval: true, workerData: { file } })
}
