import { misnamed } from '../../core/errors.ts'
import type { Dialect } from '../dialect.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { gateway } from './gateway.ts'
import { llamacppCompletion } from './llamacpp-completion.ts'
import { ollamaChat } from './ollama-chat.ts'
import { ollamaGenerate } from './ollama-generate.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiResponses } from './openai-responses.ts'
import { sglangGenerate } from './sglang-generate.ts'
import { tgiGenerate } from './tgi-generate.ts'

const DIALECTS = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'ollama-chat': ollamaChat,
  'ollama-generate': ollamaGenerate,
  'llamacpp-completion': llamacppCompletion,
  'tgi-generate': tgiGenerate,
  'sglang-generate': sglangGenerate,
  gateway,
}

/** The wire format of a server. */
export type Api = keyof typeof DIALECTS

/** The names of all wire formats. */
export const APIS = Object.keys(DIALECTS) as Api[]

/** The name of an API as it is; ends the test where there is none of that name. */
export function checkApi(api: string): Api {
  if (APIS.indexOf(api as Api) === -1) {
    misnamed('api', api, APIS)
  }
  return api as Api
}

/** The dialect of an API; ends the test where there is none of that name. */
export function dialectOf(api: string): Dialect {
  return DIALECTS[checkApi(api)]
}
