import { Command } from 'commander'
import { createSlowNetwork } from './network/slow-network.ts'
import * as kinds from './options/kinds.ts'

const WRONG_USE = 2
const FAILED = 1

const program = new Command('node dist/simulator/proxy.js')
  .description(
    'A slow network in front of a server. Prints one line of JSON with its url when it is ready.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
  .option('--to <url>', 'the server, like http://127.0.0.1:8000')
  .option('--bandwidth <rate>', 'each way', 'none')
  .option('--latency <ms>', 'round trip added', '0')
  .option('--jitter <fraction>', 'around the latency', '0')
  .option('--host <text>', 'to listen on', '127.0.0.1')
  .option('--port <port>', '0: any free one', '0')
  .option('--seed <n>', 'of the jitter', '1')
program.parse()
const given: Record<string, unknown> = program.opts()

/** The value of an option; a wrong one ends the process. */
function read<Value>(name: string, kind: kinds.Kind<Value>): Value {
  const value = kind.read(given[name])
  if (value !== undefined) return value
  const { expected, like } = kind
  process.stderr.write(
    `proxy: --${name} ${given[name] ?? ''}: expected ${expected}, like --${name} ${like}\n`,
  )
  process.exit(WRONG_USE)
}

const to = read('to', kinds.address)
const bandwidth = read('bandwidth', kinds.bandwidth)
const latency = read('latency', kinds.milliseconds)
const jitter = read('jitter', kinds.fraction)
const host = read('host', kinds.text)
const network = createSlowNetwork({
  bandwidth,
  latency,
  jitter,
  host,
  port: read('port', kinds.portNumber),
  seed: read('seed', kinds.wholeNumber),
  toHost: to.hostname.replace(/^\[|\]$/g, ''),
  toPort: Number(to.port) || (to.protocol === 'https:' ? 443 : 80),
})
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    network.close()
    process.exit(0)
  })
}
try {
  const port = await network.listen()
  const url = `${to.protocol}//${host}:${port}`
  process.stdout.write(`${JSON.stringify({ url, port, to: to.origin, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`proxy: ${error}\n`)
  process.exit(FAILED)
}
