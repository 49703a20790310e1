/** @import { IncomingMessage, Server, ServerResponse } from 'node:http' */
/** @import { Auth } from './auth.js' */
/** @import { Batch } from './batch.js' */
/** @import { Metrics } from './metrics.js' */
/** @import { ModelManager } from './models.js' */
/** @import { SimulatorOptions } from './options.js' */
/** @import { RequestRecord } from './record.js' */
/** @import { FlavorState } from './wire.js' */
import { createServer } from 'node:http'
import { createAuth } from './auth.js'
import { createBatch } from './batch.js'
import { at, now, toEpoch } from './clock.js'
import { readOptions } from './configure.js'
import { handleControl } from './control.js'
import { detail } from './errors.js'
import { sendJson } from './exchange.js'
import { flavors } from './flavors/index.js'
import { createMetrics } from './metrics.js'
import { createModelManager } from './models.js'
import { createRandom } from './random.js'
import { createRecord, epochNow, keepBody } from './record.js'
import { answer } from './routes.js'
import { createSlowNetwork } from './slow-network.js'

/** Longer than clients keep an idle connection, so that none is closed under a new request. */
const KEEP_ALIVE_MS = 65_000
const MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * @typedef {object} Services What the handlers of one simulator share.
 * @property {SimulatorOptions} options as they are now
 * @property {(options: SimulatorOptions) => void} setOptions
 * @property {RequestRecord} record
 * @property {Metrics} metrics
 * @property {ModelManager} models
 * @property {Auth} auth
 * @property {Batch} batch the machine that requests share, with `maxNumSeqs`
 * @property {() => number} countAnswer the ordinal of the next chat, from 1
 * @property {() => void} restartAnswers
 * @property {FlavorState | undefined} state what the flavor remembers, as its `createState` made it
 *
 * @typedef {object} Address
 * @property {string} url
 * @property {number} port
 * @property {string} [direct] past the slow network, where there is one: for `/__sim`
 *
 * @typedef {object} Simulator
 * @property {() => Promise<Address>} listen
 * @property {() => Promise<void>} close ends open streams too; may be called twice
 * @property {SimulatorOptions} options as they are now
 */

/**
 * An LLM server with known timing, or the guide's gateway in front of one.
 * @param {Partial<SimulatorOptions> | Record<string, unknown>} [given] see `SimulatorOptions` for units
 *   and defaults
 * @returns {Simulator}
 * @throws {import('./configure.js').OptionError}
 */
export function createSimulator(given = {}) {
  const services = createServices(readOptions(given))
  let closing = false
  const server = createServer({ noDelay: true }, (req, res) => {
    receive(req, res, services, () => closing)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // Must be the longer one: https://github.com/nodejs/node/issues/27363
  server.headersTimeout = KEEP_ALIVE_MS + 1000
  /** @type {Promise<void> | undefined} */
  let closed
  /** @type {ReturnType<typeof createSlowNetwork> | undefined} */
  let network

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

/**
 * @param {SimulatorOptions} options
 * @returns {Services}
 */
function createServices(options) {
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

/**
 * Reads a request in full, then has it answered.
 * @param {IncomingMessage} req
 * @param {ServerResponse} res
 * @param {Services} services
 * @param {() => boolean} isClosing
 */
function receive(req, res, services, isClosing) {
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

  /** @type {Buffer[]} */
  const chunks = []
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

/**
 * @param {Server} server
 * @param {Pick<SimulatorOptions, 'host' | 'port'>} options
 * @returns {Promise<Address>}
 */
function listen(server, { host, port }) {
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
