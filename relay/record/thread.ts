// The thread that reads answers, counts what failed, and writes the record.
import { openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { RelayDocument, RelayFailure } from '#node'
import { createFailures } from './failures.ts'
import { type LineSource, toLine } from './line.ts'

/** An exchange that has ended, a question for what failed, or the end of all. */
export type RecordMessage = { source: LineSource; document: Uint8Array } | { began: number } | 'end'

/** The answer to the question. */
export interface FromThread {
  failures: RelayFailure[]
}

const { file }: { file?: string } = workerData
// Workers of one relay append to one file, whole lines at a time.
const output = file === undefined ? undefined : openSync(file, 'a')
const failures = createFailures()
let lines: string[] = []

function write() {
  if (output === undefined || lines.length === 0) return
  const text = `${lines.join('\n')}\n`
  lines = []
  writeSync(output, text)
}

parentPort?.on('message', (message: RecordMessage) => {
  if (message === 'end') {
    write()
    parentPort?.close()
    return
  }
  if ('began' in message) {
    const list = failures.list(message.began)
    parentPort?.postMessage({ failures: list } satisfies FromThread)
    return
  }
  const document: RelayDocument = JSON.parse(Buffer.from(message.document).toString())
  const line = toLine(message.source, document)
  failures.add(line, line.start - message.source.control.base)
  if (output === undefined) return
  lines.push(JSON.stringify(line))
  if (lines.length === 1) setImmediate(write)
})
