import { Worker } from 'node:worker_threads'
import type { RelayFailure } from '#node'
import type { OnExchange } from '../server.ts'
import { secretsOf } from './secrets.ts'
import type { FromThread, RecordMessage } from './thread.ts'

export interface Recorder {
  readonly add: OnExchange
  /** What failed of all exchanges that have ended, in the run that began about then. */
  failures(began: number): Promise<RelayFailure[]>
  /** Resolves when all lines are written. */
  close(): Promise<void>
}

/**
 * Reads what came of each exchange: counts the failures, and writes one line for each to a file
 * where there is one. Reading the answers is the work of a thread of its own, so that it delays no
 * arrival; without a file only what may have failed is read.
 *
 * @param onFault called once, with words for a person, where the record cannot be kept
 */
export function createRecorder(
  file: string | undefined,
  onFault: (message: string) => void,
): Recorder {
  let thread: Worker | undefined
  let exited = Promise.resolve()
  let broken = false
  const waiting: ((failures: RelayFailure[]) => void)[] = []

  function begin(): Worker {
    const started = startThread(file)
    exited = new Promise<void>((resolve) => {
      started.once('exit', () => resolve())
    })
    started.on('error', (error) => {
      if (!broken) onFault(`the record ${file ?? 'of failures'} is not complete: ${error.message}`)
      broken = true
      for (const tell of waiting.splice(0)) tell([])
    })
    started.on('message', ({ failures }: FromThread) => waiting.shift()?.(failures))
    return started
  }
  if (file !== undefined) thread = begin()
  const post = (message: RecordMessage) => {
    thread ??= begin()
    if (!broken) thread.postMessage(message)
  }

  return {
    add({ origin, pathname }, control, document) {
      if (file === undefined && wentWell(document)) return
      const { base, method, vu, scenario, tags, note, headers } = control
      const source = {
        url: origin + pathname,
        control: { base, method, vu, scenario, tags, note },
        secrets: secretsOf(headers),
      }
      post({ source, document })
    },
    failures(began) {
      if (thread === undefined || broken) return Promise.resolve([])
      return new Promise((resolve) => {
        waiting.push(resolve)
        post({ began })
      })
    },
    async close() {
      if (thread === undefined) return
      post('end')
      await exited
    },
  }
}

const OK = /"status":2\d\d,/
/** The end mark that OpenAI's wire has, and the finish reasons of answers that went well. */
const ENDED = '"[DONE]"'
const WELL = /finish_reason\\": ?\\"(stop|length|tool_calls|function_call)\\"/

/**
 * Whether an exchange surely did not fail: then its answer need not be read. It looks at the ends of
 * what came, whatever the length of the answer.
 */
export function wentWell(document: Uint8Array): boolean {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength)
  const last = bytes.lastIndexOf('],"at":[') // behind the data of the last event
  if (last < 0 || !OK.test(bytes.toString('latin1', 0, 400))) return false
  const end = bytes.toString('latin1', Math.max(0, last - 3000), last)
  return end.endsWith(ENDED) && WELL.test(end) && !/error/i.test(end)
}

function startThread(file: string | undefined): Worker {
  const built = new URL('./thread.js', import.meta.url)
  if (!import.meta.url.endsWith('.ts')) return new Worker(built, { workerData: { file } })
  // Run from the source: a thread does not inherit the loader of TypeScript.
  const source = new URL('./thread.ts', import.meta.url)
  const code = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}') })`
  return new Worker(code, { eval: true, workerData: { file } })
}
