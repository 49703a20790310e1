import { detail, invalidBody, missingField } from '../../exchange/errors.ts'
import {
  type Exchange,
  endResponse,
  openResponse,
  sendJson,
  write,
} from '../../exchange/exchange.ts'
import { pythonJson } from '../../exchange/framing.ts'
import { remember } from '../../exchange/services.ts'
import type { Proceed } from '../../exchange/wire.ts'
import { createFleet } from '../../models/fleet.ts'
import { loadFault, modelIn } from '../../models/loads.ts'
import type { ChatRequest } from '../../request/request.ts'

export const fleets = remember((readOptions) => createFleet(readOptions))

/** Modules that a model is said to have: so many events of progress a load has, and the last. */
const MODULES = 4

/** The model in memory, whatever name was asked for. */
export function loadedName(_: string | undefined, exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const [model] = fleet.loaded
  return model === undefined ? undefined : fleet.answering(model)
}

export function needModel(exchange: Exchange, _: ChatRequest, proceed: Proceed) {
  const fleet = fleets.stateOf(exchange)
  const [model] = fleet.loaded
  if (model === undefined) return sendJson(exchange, 503, detail('No models are currently loaded.'))
  proceed(exchange.receivedAt, { cold: () => fleet.takeCold(model) })
}

/**
 * POST /v1/model/load: progress as a stream (endpoints/core/utils/model.py). The client's leaving
 * does not end the load. An error after the begin is an event below a 200.
 */
export function loadModel(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const name = modelIn(exchange, 'model_name')
  if (name === undefined) {
    return sendJson(exchange, 422, invalidBody([missingField('model_name', {})]))
  }
  if (!exchange.options.models.includes(name)) {
    return sendJson(exchange, 400, detail('Could not find the model path for load.'))
  }
  if (fleet.has(name)) {
    return sendJson(exchange, 400, detail(`Model "${name}" is already loaded! Aborting.`))
  }
  const fault = loadFault(exchange, name)
  if (fault === 'refuse') return sendJson(exchange, 400, detail(`${name} was refused`))
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  }
  openResponse(exchange, 200, headers, true)
  const send = (row: object) => write(exchange, `data: ${pythonJson(row)}\r\n\r\n`, 'progress', 0)
  const step = (module: number, status: string) =>
    send({ model_type: 'model', module, modules: MODULES, status })
  step(1, 'processing')
  // One model at a time, whatever fits.
  if (fault !== 'lying' && fault !== 'reverted') for (const old of fleet.loaded) fleet.unload(old)
  const cancel = fleet.load(name, fault, ({ ok, message }) => {
    if (exchange.res.destroyed) return
    if (ok) {
      for (let module = 2; module < MODULES; module++) step(module, 'processing')
      step(MODULES, 'finished')
    } else {
      send({ error: { message: `${message}`, trace: null } })
    }
    endResponse(exchange)
  })
  exchange.res.once('close', cancel)
}

export function unloadModel(exchange: Exchange) {
  const fleet = fleets.stateOf(exchange)
  const [model] = fleet.loaded
  if (model === undefined) return sendJson(exchange, 400, detail('No models are currently loaded.'))
  fleet.unload(model)
  sendJson(exchange, 200, null)
}

export function currentModel(exchange: Exchange) {
  const [id] = fleets.stateOf(exchange).loaded
  if (id === undefined) return sendJson(exchange, 503, detail('No models are currently loaded.'))
  sendJson(exchange, 200, { id, object: 'model', created: 1, owned_by: 'tabbyAPI' })
}
