import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, modelState, union } from '../backend.ts'

/**
 * Ollama: a request without a prompt loads a model and returns when it is in memory;
 * `keep_alive: 0` unloads it and returns at once, so `/api/ps` is asked until it is gone.
 * It holds as many models as fit and evicts the others by itself.
 *
 * https://github.com/ollama/ollama/blob/main/docs/api.md#load-a-model
 * Tried on the simulator, which follows that document; bytes from its documentation only.
 */
export function ollama(): Backend {
  // A name without a tag means `:latest` (https://github.com/ollama/ollama/blob/main/docs/api.md#model-names).
  const nameOf = (model: string) => (/:[^/]*$/.test(model) ? model : `${model}:latest`)
  const names = (body: unknown) =>
    listOf(objectOf(body).models).map((m) => textOf(objectOf(m).name))
  const generate = (json: object) => ({ method: 'POST' as const, path: '/api/generate', json })
  return {
    name: 'ollama',
    api: 'ollama-chat',
    completion: 'call',
    nameOf,
    status: [
      { method: 'GET', path: '/api/tags' },
      { method: 'GET', path: '/api/ps' },
    ],
    readStatus([tags, ps]) {
      const loaded = names(ps)
      return modelState({ loaded, models: union(names(tags), loaded) })
    },
    load: (model) => generate({ model }),
    unload: (model) => generate({ model, keep_alive: 0 }),
    pull: (model) => ({ method: 'POST', path: '/api/pull', json: { model } }),
    isDone: (rows) => rows.some((row) => row.status === 'success'),
    calls: { version: { method: 'GET', path: '/api/version' } },
  }
}
