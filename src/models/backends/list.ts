import { listOf, objectOf, textOf } from '../../stream/json.ts'
import { type Backend, unknownState } from '../backend.ts'

/**
 * A server whose models are there or not, and that has a list of them and no call that loads one:
 * OpenAI, Anthropic, LiteLLM, a plain vLLM, SGLang, TGI or llama.cpp. What is in memory it does
 * not say.
 */
export function list(): Backend {
  return {
    name: 'list',
    api: 'openai-chat',
    completion: 'none',
    status: [{ method: 'GET', path: '/v1/models' }],
    readStatus([body]) {
      return unknownState(listOf(objectOf(body).data).map((row) => textOf(objectOf(row).id)))
    },
    calls: { health: { method: 'GET', path: '/health' } },
  }
}
