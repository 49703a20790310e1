import { type Json, listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, isSame, modelState, union } from '../backend.ts'

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
  const rows = (body: unknown) => listOf(objectOf(body).models).map(objectOf)
  const names = (body: unknown) => rows(body).map((row) => textOf(row.name))
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
      const running = names(ps)
      const aliases = aliasesOf(rows(tags).concat(rows(ps)))
      const models = union(names(tags), running)
      // `ollama cp` gives a model a second name; `/api/ps` has the one that it was loaded by.
      const loaded = union(
        running,
        models.filter((name) => running.some((one) => isSame({ aliases }, one, name))),
      )
      return modelState({ loaded, models, aliases })
    },
    load: (model) => generate({ model }),
    unload: (model) => generate({ model, keep_alive: 0 }),
    pull: (model) => ({ method: 'POST', path: '/api/pull', json: { model } }),
    isDone: (rows) => rows.some((row) => row.status === 'success'),
    calls: { version: { method: 'GET', path: '/api/version' } },
  }
}

/** Names with the digest of an earlier one. */
function aliasesOf(rows: Json[]): { [name: string]: string } {
  const first: { [digest: string]: string } = {}
  const aliases: { [name: string]: string } = {}
  for (const { name, digest } of rows) {
    const of = textOf(digest)
    if (of === '') continue
    if (first[of] === undefined) first[of] = textOf(name)
    else if (first[of] !== name) aliases[textOf(name)] = first[of]
  }
  return aliases
}
