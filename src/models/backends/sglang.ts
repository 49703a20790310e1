import { objectOf, textOf } from '../../stream/json.ts'
import { type Backend, type BackendOptions, modelState, namesOf, union } from '../backend.ts'

/**
 * SGLang: new weights of the same architecture are read into the running server, in one long
 * call. `models` lists the paths, or gives each name its path: the server has no such list.
 *
 * SGLang http_server.py.
 * Tried on the simulator, which follows that file; on no real server.
 */
export function sglang({ models }: BackendOptions): Backend {
  const paths = (Array.isArray(models) ? {} : objectOf(models)) as { [model: string]: string }
  const names = namesOf(models)
  return {
    name: 'sglang',
    api: 'openai-chat',
    completion: 'call',
    // It answers to every name, under the name that was asked for.
    provenByStatus: true,
    // Whatever went wrong with the weights is a 400 {"success": false, "message"}.
    failsWith: [400],
    status: [{ method: 'GET', path: '/get_model_info' }],
    readStatus([info]) {
      const path = textOf(objectOf(info).model_path)
      const current = names.filter((name) => (paths[name] || name) === path)[0] || path
      const loaded = current === '' ? [] : [current]
      // It has no list: without the option only the one in memory is known.
      return modelState({
        loaded,
        models: union(names, loaded),
        unknown: names.length === 0 ? ['models'] : [],
      })
    },
    load: (model) => ({
      method: 'POST',
      path: '/update_weights_from_disk',
      json: { model_path: paths[model] || model },
    }),
    calls: { serverInfo: { method: 'GET', path: '/get_server_info' } },
  }
}
