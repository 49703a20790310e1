import { type ChatRequest, type Dialect, type Json, promptOf } from '../dialect.ts'
import { addText, type Draft } from '../draft.ts'
import { objectOf, textOf } from '../json.ts'
import {
  askForUsage,
  choiceIndex,
  readChoices,
  readElsewhere,
  readFinish,
} from './openai-choices.ts'

/**
 * OpenAI's older `/v1/completions`, which goes on with a text: vLLM, SGLang, llama.cpp, TGI,
 * Ollama, TabbyAPI. No roles: messages become a prompt, see `promptOf`.
 */
export const openaiCompletions: Dialect = {
  path: '/v1/completions',
  words: ['"text":"'],

  encode(request: ChatRequest, stream: boolean): Json {
    const body: Json = Object.assign({}, request, { prompt: promptOf(request), stream })
    delete body.messages
    askForUsage(body, request, stream)
    return body
  },

  read(json: Json, draft: Draft): void {
    const choices = readChoices(json, draft)
    for (let i = 0; i < choices.length; i++) {
      const choice = objectOf(choices[i])
      const index = choiceIndex(choice, draft)
      const text = withoutEcho(textOf(choice.text), index, draft)
      if (index === 0) {
        addText(draft, text)
      } else if (text !== '') {
        draft.generated = true
        draft.visible = true
      }
      readFinish(choice, index, draft)
    }
    if (!draft.generated || draft.terminal) readElsewhere(json, choices, draft)
  },

  readBody(json: Json, draft: Draft): void {
    openaiCompletions.read(json, draft)
    if (draft.choices.size > 0) draft.terminal = true
  },
}

/**
 * Takes the prompt off what `echo` gives back: it was not generated. vLLM puts it before the
 * first token in one chunk. A server that does not know `echo` begins with something else, which
 * is output then.
 */
function withoutEcho(text: string, index: number, draft: Draft): string {
  if (draft.echo === undefined || text === '') return text
  const seen = draft.memo.get(index)
  const left = seen === undefined ? draft.echo : seen
  if (left === '') return text
  if (text.slice(0, left.length) === left) {
    draft.memo.set(index, '')
    return text.slice(left.length)
  }
  const inside = left.slice(0, text.length) === text
  draft.memo.set(index, inside ? left.slice(text.length) : '')
  return inside ? '' : text
}
