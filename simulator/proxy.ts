import { Command } from 'commander'
import { createSlowNetwork } from './network/slow-network.ts'
import type { Kind } from './options/kinds.ts'
import * as kinds from './options/kinds.ts'

const WRONG_USE = 2
const FAILED = 1

const OPTIONS: Record<string, { flag: string; kind: Kind; default?: string; help: string }> = {
  to: { flag: '--to', kind: kinds.address, help: 'the server, like http://127.0.0.1:8000' },
  bandwidth: { flag: '--bandwidth', kind: kinds.bandwidth, default: 'none', help: 'each way' },
  latency: { flag: '--latency', kind: kinds.milliseconds, default: '0', help: 'round trip added' },
  jitter: { flag: '--jitter', kind: kinds.fraction, default: '0', help: 'around the latency' },
  host: { flag: '--host', kind: kinds.text, default: '127.0.0.1', help: 'to listen on' },
  port: { flag: '--port', kind: kinds.portNumber, default: '0', help: '0: any free one' },
  seed: { flag: '--seed', kind: kinds.wholeNumber, default: '1', help: 'of the jitter' },
}

const program = new Command('node dist/simulator/proxy.js')
  .description(
    'A slow network in front of a server. Prints one line of JSON with its url when it is ready.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
for (const { flag, kind, help, default: standard } of Object.values(OPTIONS)) {
  program.option(`${flag} ${kind.placeholder}`, help, standard)
}
program.parse()
const given = program.opts()
const read: Record<string, unknown> = {}
for (const [name, { flag, kind }] of Object.entries(OPTIONS)) {
  read[name] = kind.read(given[name])
  if (read[name] === undefined) {
    const message = `${flag} ${given[name] ?? ''}: expected ${kind.expected}, like ${flag} ${kind.like}`
    process.stderr.write(`proxy: ${message}\n`)
    process.exit(WRONG_USE)
  }
}
const to = new URL(read.to as string)
const options = {
  ...read,
  toHost: to.hostname.replace(/^\[|\]$/g, ''),
  toPort: Number(to.port) || (to.protocol === 'https:' ? 443 : 80),
} as Parameters<typeof createSlowNetwork>[0]
const network = createSlowNetwork(options)
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    network.close()
    process.exit(0)
  })
}
try {
  const port = await network.listen()
  const url = `${to.protocol}//${options.host}:${port}`
  process.stdout.write(`${JSON.stringify({ url, port, to: to.origin, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`proxy: ${error}\n`)
  process.exit(FAILED)
}
