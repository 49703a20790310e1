// The thread that reads answers and writes the record.
import { openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { RelayDocument } from '#node'
import { type LineSource, toLine } from './line.ts'

/** An exchange that has ended, or the end of all. */
export type RecordMessage = { source: LineSource; document: Uint8Array } | 'end'

const { file }: { file: string } = workerData
// Workers of one relay append to one file, whole lines at a time.
const output = openSync(file, 'a')
let lines: string[] = []

function write() {
  if (lines.length === 0) return
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
  const document: RelayDocument = JSON.parse(Buffer.from(message.document).toString())
  lines.push(JSON.stringify(toLine(message.source, document)))
  if (lines.length === 1) setImmediate(write)
})
