import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, type BackendOptions, modelState, namesOf, union } from '../backend.ts'

/**
 * vLLM's LoRA adapters at run time (needs `VLLM_ALLOW_RUNTIME_LORA_UPDATING`): loading and
 * unloading return when it is done. `models` gives each adapter's path: `{ sql: '/loras/sql' }`.
 * The base model stays in memory and answers all the while.
 *
 * vLLM serve/lora/api_router.py@27873cab, openai/models/serving.py@00153c8b.
 * Tried on the simulator, which follows those files; on no real server.
 */
export function vllmLora({ models }: BackendOptions): Backend {
  const paths = objectOf(models) as { [adapter: string]: string }
  let bases: string[] = []
  return {
    name: 'vllm-lora',
    api: 'openai-chat',
    completion: 'call',
    status: [{ method: 'GET', path: '/v1/models' }],
    readStatus([body]) {
      const rows = listOf(objectOf(body).data).map(objectOf)
      // An adapter has its base model as `parent`.
      bases = rows.filter((row) => !row.parent).map((row) => textOf(row.id))
      const loaded = union(
        bases,
        rows.map((row) => textOf(row.id)),
      )
      return modelState({ loaded, models: union(loaded, namesOf(models)) })
    },
    load: (model) => ({
      method: 'POST',
      path: '/v1/load_lora_adapter',
      json: { lora_name: model, lora_path: paths[model] || model },
    }),
    unload: (model) =>
      bases.indexOf(model) !== -1
        ? undefined
        : { method: 'POST', path: '/v1/unload_lora_adapter', json: { lora_name: model } },
    calls: {},
  }
}
