import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readOptions } from './control/configure.ts'
import { handleControl } from './control/control.ts'
import { at, now, toEpoch } from './core/clock.ts'
import { createRandom } from './core/random.ts'
import { createAuth } from './exchange/auth.ts'
import { detail } from './exchange/errors.ts'
import { sendJson } from './exchange/exchange.ts'
import { answer } from './exchange/routes.ts'
import type { Services } from './exchange/services.ts'
import { flavors } from './flavors/index.ts'
import { createModelManager } from './models/manager.ts'
import { createSlowNetwork, type SlowNetwork } from './network/slow-network.ts'
import type { SimulatorOptions } from './options/options.ts'
import { createMetrics } from './record/metrics.ts'
import { createRecord, epochNow, keepBody } from './record/record.ts'
import { createBatch } from './timing/batch.ts'

/** Longer than clients keep an idle connection, so that none is closed under a new request. */
const KEEP_ALIVE_MS = 65_000
const MAX_BODY_BYTES = 64 * 1024 * 1024

interface Address {
  url: string
  port: number
  /** past the slow network, where there is one: for `/__sim` */
  direct?: string
}

interface Simulator {
  listen: () => Promise<Address>
  /** ends open streams too; may be called twice */
  close: () => Promise<void>
  /** as they are now */
  options: SimulatorOptions
}

/**
 * An LLM server with known timing, or the guide's gateway in front of one.
 *
 * @param given see `SimulatorOptions` for units and defaults; texts as on the command line will do
 * @throws {OptionError}
 */
export function createSimulator(given: Readonly<Record<string, unknown>> = {}): Simulator {
  const services = createServices(readOptions(given))
  let closing = false
  const server = createServer({ noDelay: true }, (req, res) => {
    receive(req, res, services, () => closing)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // Must be the longer one: https://github.com/nodejs/node/issues/27363
  server.headersTimeout = KEEP_ALIVE_MS + 1000
  let closed: Promise<void> | undefined
  let network: SlowNetwork | undefined

  return {
    get options() {
      return services.options
    },
    async listen() {
      const { bandwidth, latency, jitter, ...rest } = services.options
      if (bandwidth === Infinity && latency === 0) return listen(server, rest)
      const { url: direct, port: toPort } = await listen(server, { ...rest, port: 0 })
      const { host, port, seed } = rest
      const way = { bandwidth, latency, jitter, host, port, seed, toHost: host, toPort }
      network = createSlowNetwork(way)
      const bound = await network.listen()
      return { url: direct.replace(/\d+$/, String(bound)), port: bound, direct }
    },
    close() {
      closing = true
      closed ??= new Promise((resolve) => {
        services.models.close()
        services.batch.close()
        network?.close()
        services.state?.close()
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}

function createServices(options: SimulatorOptions): Services {
  let current = options
  let answers = 0
  const flavor = flavors[options.flavor]
  const models = createModelManager(() => current)
  const served = options.flavor === 'gateway' ? options.profiles : options.models
  return {
    get options() {
      return current
    },
    setOptions(changed) {
      current = changed
    },
    record: createRecord(),
    metrics: createMetrics(flavor.metrics ?? [], served),
    models,
    auth: createAuth(),
    batch: createBatch(
      () => current,
      { now, at },
      (step) => createRandom(current.seed, 'step', step),
    ),
    countAnswer: () => ++answers,
    restartAnswers() {
      answers = 0
    },
    state: flavor.createState?.(() => current),
  }
}

/** Reads a request in full, then has it answered. */
function receive(
  req: IncomingMessage,
  res: ServerResponse,
  services: Services,
  isClosing: () => boolean,
) {
  // Not `new URL`: it throws for paths like `//`.
  const [pathname = '/', query = ''] = (req.url ?? '/').split('?', 2)
  const url = { pathname, searchParams: new URLSearchParams(query) }
  const control = url.pathname.startsWith('/__sim/')
  const { options, record } = services
  const entry = control ? undefined : record.open(req, url.pathname, options.flavor)
  res.once('close', () => {
    if (!entry || entry.endedAt !== null) return
    entry.endedAt = epochNow()
    entry.closedByClient = !isClosing()
  })

  const chunks: Buffer[] = []
  let bytes = 0
  req.on('data', (chunk) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  })
  req.on('end', () => {
    const receivedAt = now()
    const text = Buffer.concat(chunks).toString()
    if (!entry) return handleControl(req, res, url, text, services)
    entry.receivedAt = toEpoch(receivedAt)
    entry.body = keepBody(text)
    const exchange = { req, res, url, text, receivedAt, options, entry, services }
    if (bytes > MAX_BODY_BYTES) {
      return sendJson(exchange, 413, detail(`the body is longer than ${MAX_BODY_BYTES} bytes`))
    }
    answer(exchange, flavors[options.flavor]).catch((error) => {
      // A bug of the simulator's own: say so, and end this request only.
      process.stderr.write(`simulator: ${req.method} ${req.url}: ${error?.stack ?? error}\n`)
      if (!res.headersSent) sendJson(exchange, 500, detail(`simulator: ${error}`))
      else res.destroy()
    })
  })
  // A client that leaves while it sends; the response's own close has noted it.
  req.on('error', () => {})
}

function listen(
  server: Server,
  { host, port }: Pick<SimulatorOptions, 'host' | 'port'>,
): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      const name = host.includes(':') ? `[${host}]` : host
      resolve({ url: `http://${name}:${bound}`, port: bound })
    })
  })
}
