import { at, now } from '../../core/clock.ts'
import { type Exchange, sendBody, sendJson } from '../../exchange/exchange.ts'
import { remember } from '../../exchange/services.ts'
import type { Proceed } from '../../exchange/wire.ts'
import { createFleet } from '../../models/fleet.ts'
import { loadFault, modelIn } from '../../models/loads.ts'
import { strict } from '../../models/names.ts'
import type { ChatRequest } from '../../request/request.ts'
import { vllmError } from './errors.ts'

/**
 * LoRA adapters at run time (serve/lora/api_router.py, openai/models/serving.py) and sleep mode
 * (serve/dev/sleep/api_router.py).
 */
export const { createState, stateOf } = remember((readOptions) => {
  const adapters = createFleet(readOptions, { first: [], weightless: true })
  const paths = new Map<string, string>()
  let asleep = false
  const held = new Set<() => void>()
  return {
    adapters,
    paths,
    get asleep() {
      return asleep
    },
    setAsleep(value: boolean) {
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
})

/** The adapters that /v1/models lists. */
export function lend(exchange: Exchange) {
  const { adapters, paths } = stateOf(exchange)
  return adapters.loaded.map((id) => ({ id, root: paths.get(id) ?? id }))
}

/** A base model or an adapter; a lying load is answered by the base. */
export function resolveModel(asked: string | undefined, exchange: Exchange) {
  const { adapters } = stateOf(exchange)
  if (asked === undefined || !adapters.has(asked)) return strict(asked, exchange)
  const fault = loadFault(exchange, asked)
  return fault === 'lying' ? exchange.options.models[0] : asked
}

/** What is asked of a sleeping engine hangs till it wakes. */
export function holdWhileAsleep(exchange: Exchange, request: ChatRequest, proceed: Proceed) {
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

export function loadAdapter(exchange: Exchange) {
  const { adapters, paths } = stateOf(exchange)
  const name = modelIn(exchange, 'lora_name')
  const path = modelIn(exchange, 'lora_path')
  const refuse = (status: number, message: string) =>
    sendJson(exchange, status, vllmError(status, message))
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

export function unloadAdapter(exchange: Exchange) {
  const name = modelIn(exchange, 'lora_name')
  if (!name) return sendJson(exchange, 400, vllmError(400, "'lora_name' must be provided."))
  if (!stateOf(exchange).adapters.unload(name)) {
    const message = `The lora adapter '${name}' cannot be found.`
    return sendJson(exchange, 404, vllmError(404, message))
  }
  sendText(exchange, `Success: LoRA adapter '${name}' removed successfully.`)
}

export function sleep(exchange: Exchange) {
  stateOf(exchange).setAsleep(true)
  sendBody(exchange, 200, '', '')
}

/** Wakes in the load time, and answers then. */
export function wakeUp(exchange: Exchange) {
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

export function isSleeping(exchange: Exchange) {
  sendJson(exchange, 200, { is_sleeping: stateOf(exchange).asleep })
}

function sendText(exchange: Exchange, text: string) {
  sendBody(exchange, 200, 'text/plain; charset=utf-8', text)
}
