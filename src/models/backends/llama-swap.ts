import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, modelState, union } from '../backend.ts'

/**
 * llama-swap: there is no call that loads; any request for a model swaps it in and waits till it
 * is there. The first request is the switch, and its TTFT has the load in it.
 *
 * llama-swap internal/server/{server,api,apigroup}.go.
 * Tried on the simulator, which follows those files; on no real server.
 */
export function llamaSwap(): Backend {
  return {
    name: 'llama-swap',
    api: 'openai-chat',
    completion: 'first-use',
    // The server behind it answers, often with the name of its file.
    provenByStatus: true,
    status: [
      { method: 'GET', path: '/running' },
      { method: 'GET', path: '/v1/models' },
    ],
    readStatus([running, list]) {
      const rows = listOf(objectOf(running).running).map(objectOf)
      const named = (state: string) =>
        rows.filter((row) => row.state === state).map((row) => textOf(row.model))
      const loaded = named('ready')
      const models = listOf(objectOf(list).data).map((row) => textOf(objectOf(row).id))
      const loading = named('starting').length + named('stopping').length > 0
      return modelState({ loaded, models: union(models, loaded) }, loading)
    },
    unload: (model) => ({
      method: 'POST',
      path: `/api/models/unload/${encodeURIComponent(model)}`,
      name: '/api/models/unload/{model}',
    }),
    calls: {
      unloadAll: { method: 'POST', path: '/api/models/unload' },
      profiles: { method: 'GET', path: '/api/profiles' },
    },
  }
}
