// The floor of reports from samples: one pass of readline and JSON.parse, that keeps nothing.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const input = createReadStream(process.argv[2] ?? '')
let lines = 0
for await (const line of createInterface({ input })) if (JSON.parse(line)) lines++
console.log(lines)
