import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, type BackendOptions, type Call, modelState, namesOf } from '../backend.ts'

/**
 * vLLM's sleep mode (needs `VLLM_SERVER_DEV_MODE=1` and `--enable-sleep-mode`): one server has
 * one model, and several servers share a GPU by sleeping in turn. `models` gives the address of
 * each: `{ 'org/a': 'http://gpu:8001', 'org/b': 'http://gpu:8002' }`. Without it the one model
 * at `baseUrl` sleeps and wakes. Sleeping is level 1: the weights go to CPU memory.
 *
 * vLLM serve/dev/sleep/api_router.py@e7a47b82.
 * Tried on the simulator, which follows that file; on no real server.
 */
export function vllmSleep({ models }: BackendOptions): Backend {
  const addresses = (Array.isArray(models) ? {} : objectOf(models)) as { [model: string]: string }
  const known = Object.keys(addresses)
  let only = namesOf(models)[0] || ''
  const at = (model: string, method: Call['method'], path: string): Call => ({
    method,
    path,
    server: addresses[model],
    name: path.replace(/\?.*/, ''),
  })
  return {
    name: 'vllm-sleep',
    api: 'openai-chat',
    completion: 'call',
    // Two models that are awake do not fit: the one goes to sleep before the other wakes.
    makesNoRoom: true,
    serverOf: (model) => addresses[model],
    status:
      known.length > 0
        ? known.map((model) => at(model, 'GET', '/is_sleeping'))
        : [
            { method: 'GET', path: '/is_sleeping' },
            { method: 'GET', path: '/v1/models' },
          ],
    readStatus(bodies) {
      const awake = (body: unknown) => objectOf(body).is_sleeping === false
      if (known.length > 0) {
        const loaded = known.filter((_model, i) => awake(bodies[i]))
        return modelState({ loaded, models: known })
      }
      only = textOf(objectOf(listOf(objectOf(bodies[1]).data)[0]).id) || only
      return modelState({ loaded: awake(bodies[0]) ? [only] : [], models: only ? [only] : [] })
    },
    load: (model) => at(model, 'POST', '/wake_up'),
    unload: (model) => at(model, 'POST', '/sleep?level=1'),
    calls: {},
  }
}
