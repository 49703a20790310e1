import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, modelState } from '../backend.ts'

/**
 * TabbyAPI: a load answers with a stream of progress (SSE, CRLF), one `finished` for each kind
 * of model (a draft model is loaded too). Needs the admin key as `token`, or in `headers` as
 * `x-admin-key`.
 *
 * TabbyAPI endpoints/core/router.py, endpoints/core/utils/model.py.
 * Tried on the simulator, which follows those files; on no real server.
 */
export function tabbyapi(): Backend {
  return {
    name: 'tabbyapi',
    api: 'openai-chat',
    completion: 'stream',
    status: [
      { method: 'GET', path: '/v1/model/list' },
      // An error where no model is loaded.
      { method: 'GET', path: '/v1/model', optional: true },
    ],
    readStatus([list, model]) {
      const current = textOf(objectOf(model).id)
      const models = listOf(objectOf(list).data).map((row) => textOf(objectOf(row).id))
      return modelState({ loaded: current === '' ? [] : [current], models })
    },
    load: (model) => ({ method: 'POST', path: '/v1/model/load', json: { model_name: model } }),
    isDone(rows) {
      const open: { [type: string]: boolean } = {}
      for (const row of rows) open[String(row.model_type)] = row.status !== 'finished'
      const types = Object.keys(open)
      return types.length > 0 && types.every((type) => !open[type])
    },
    unload: () => ({ method: 'POST', path: '/v1/model/unload' }),
    calls: { health: { method: 'GET', path: '/health' } },
  }
}
