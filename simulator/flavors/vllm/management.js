/** @import { Exchange } from '../../exchange.js' */
/** @import { SimulatorOptions } from '../../options.js' */
/** @import { FlavorState, Wire } from '../../wire.js' */
import { at, now } from '../../clock.js'
import { sendBody, sendJson } from '../../exchange.js'
import { createFleet, loadFault, modelIn } from '../../fleet.js'
import { strict } from '../../model-names.js'
import { vllmError } from './errors.js'

/**
 * LoRA adapters at run time (serve/lora/api_router.py, openai/models/serving.py) and sleep mode
 * (serve/dev/sleep/api_router.py).
 * @param {() => SimulatorOptions} readOptions
 */
export function createVllmState(readOptions) {
  const adapters = createFleet(readOptions, { first: [], weightless: true })
  /** @type {Map<string, string>} */
  const paths = new Map()
  let asleep = false
  /** @type {Set<() => void>} */
  const held = new Set()
  return {
    adapters,
    paths,
    get asleep() {
      return asleep
    },
    /** @param {boolean} value */
    setAsleep(value) {
      asleep = value
      if (asleep) return
      const ready = [...held]
      held.clear()
      for (const run of ready) run()
    },
    held,
    reset() {
      adapters.reset()
      paths.clear()
      this.setAsleep(false)
    },
    close: () => adapters.close(),
  }
}

/** @typedef {ReturnType<typeof createVllmState>} VllmState */

/** @param {Exchange} exchange @returns {VllmState} */
function stateOf({ services }) {
  return /** @type {VllmState & FlavorState} */ (services.state)
}

/**
 * The adapters that /v1/models lists.
 * @param {Exchange} exchange
 */
export function lend(exchange) {
  const { adapters, paths } = stateOf(exchange)
  return adapters.loaded.map((id) => ({ id, root: paths.get(id) ?? id }))
}

/**
 * A base model or an adapter; a lying load is answered by the base.
 * @type {Wire['resolve']}
 */
export function resolveModel(asked, exchange) {
  const { adapters } = stateOf(exchange)
  if (asked === undefined || !adapters.has(asked)) return strict(asked, exchange)
  const fault = loadFault(exchange, asked)
  return fault === 'lying' ? exchange.options.models[0] : asked
}

/**
 * What is asked of a sleeping engine hangs till it wakes.
 * @type {NonNullable<Wire['before']>}
 */
export function holdWhileAsleep(exchange, request, proceed) {
  const state = stateOf(exchange)
  if (!state.asleep) {
    const { adapters } = state
    const model = request.model ?? ''
    return proceed(exchange.receivedAt, { cold: () => adapters.takeCold(model) })
  }
  const run = () => proceed(now(), { cold: () => true })
  state.held.add(run)
  exchange.res.once('close', () => state.held.delete(run))
}

/** @param {Exchange} exchange */
export function loadAdapter(exchange) {
  const { adapters, paths } = stateOf(exchange)
  const name = modelIn(exchange, 'lora_name')
  const path = modelIn(exchange, 'lora_path')
  /** @param {number} status @param {string} message */
  const refuse = (status, message) => sendJson(exchange, status, vllmError(status, message))
  if (!name || !path) return refuse(400, "Both 'lora_name' and 'lora_path' must be provided.")
  if (adapters.has(name)) {
    return refuse(400, `The lora adapter '${name}' has already been loaded.`)
  }
  // No such directory, by its name.
  if (path.includes('missing')) return refuse(404, `Loading lora ${name} failed: No adapter found`)
  const cancel = adapters.load(name, loadFault(exchange, name), ({ ok, why, message }) => {
    if (!ok) return refuse(why === 'refused' ? 400 : 500, `${message}`)
    paths.set(name, path)
    sendText(exchange, `Success: LoRA adapter '${name}' added successfully.`)
  })
  exchange.res.once('close', cancel)
}

/** @param {Exchange} exchange */
export function unloadAdapter(exchange) {
  const name = modelIn(exchange, 'lora_name')
  if (!name) return sendJson(exchange, 400, vllmError(400, "'lora_name' must be provided."))
  if (!stateOf(exchange).adapters.unload(name)) {
    const message = `The lora adapter '${name}' cannot be found.`
    return sendJson(exchange, 404, vllmError(404, message))
  }
  sendText(exchange, `Success: LoRA adapter '${name}' removed successfully.`)
}

/** @param {Exchange} exchange */
export function sleep(exchange) {
  stateOf(exchange).setAsleep(true)
  sendBody(exchange, 200, '', '')
}

/**
 * Wakes in the load time, and answers then.
 * @param {Exchange} exchange
 */
export function wakeUp(exchange) {
  const { options } = exchange
  const [model = ''] = options.models
  const fault = loadFault(exchange, model)
  if (fault === 'refuse')
    return sendJson(exchange, 400, vllmError(400, 'Sleep mode is not enabled'))
  if (fault === 'stuck') return undefined
  if (fault === 'reverted') return sendBody(exchange, 200, '', '')
  const time = (options.loadTimeFor[model] ?? options.loadTime) * (fault === 'slow' ? 5 : 1)
  const cancel = at(now() + time, () => {
    if (fault === 'fail') return sendJson(exchange, 500, vllmError(500, 'CUDA out of memory'))
    stateOf(exchange).setAsleep(false)
    sendBody(exchange, 200, '', '')
  })
  exchange.res.once('close', cancel)
}

/** @param {Exchange} exchange */
export function isSleeping(exchange) {
  sendJson(exchange, 200, { is_sleeping: stateOf(exchange).asleep })
}

/** @param {Exchange} exchange @param {string} text */
function sendText(exchange, text) {
  sendBody(exchange, 200, 'text/plain; charset=utf-8', text)
}
