import { confirm, input, number, select } from '@inquirer/prompts'
import { APIS, type Api } from '#node'
import type { Answers } from './files.ts'

interface Choice {
  name: string
  value: Api
}

/** By what a user knows: the server. */
const SERVERS: Choice[] = [
  {
    name: 'vLLM, SGLang, llama.cpp, LiteLLM, TabbyAPI, OpenAI (/v1/chat/completions)',
    value: 'openai-chat',
  },
  { name: 'Anthropic (/v1/messages)', value: 'anthropic-messages' },
  { name: 'Ollama (/api/chat)', value: 'ollama-chat' },
  { name: "the guide's gateway (/api/chat)", value: 'gateway' },
]

/**
 * Asks for what was not given by flags.
 *
 * @param standard what is offered
 * @param given by flags: not asked for
 */
export async function ask(standard: Answers, given: Partial<Answers>): Promise<Answers> {
  const named = SERVERS.map(({ value }) => value)
  const others = APIS.filter((api) => !named.includes(api)).map((value) => ({ name: value, value }))
  const url =
    given.url ??
    (await input({
      message: 'Address of the server',
      default: standard.url,
      validate: (text) =>
        /^https?:\/\/\S+$/.test(text) || 'an address such as http://localhost:8000',
    }))
  const api =
    given.api ??
    (await select({
      message: 'What does it speak?',
      choices: [...SERVERS, ...others],
      default: standard.api,
    }))
  const model =
    given.model ??
    (await input({
      message: api === 'gateway' ? 'Model (empty: the one that is loaded)' : 'Model',
      default: standard.model,
    }))
  return {
    url: url.replace(/\/+$/, ''),
    api,
    model,
    users:
      given.users ??
      (await number({
        message: 'Users at the same time',
        default: standard.users,
        min: 1,
        required: true,
      })),
    duration:
      given.duration ??
      (await input({
        message: 'Length of the test',
        default: standard.duration,
        validate: (text) => /^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text) || 'a time such as 2m or 90s',
      })),
    ttft:
      given.ttft ??
      (await number({
        message: 'Goal: TTFT at p95, ms',
        default: standard.ttft,
        min: 1,
        required: true,
      })),
    failed: given.failed ?? standard.failed,
    workflow:
      given.workflow ??
      (await confirm({ message: 'A GitHub workflow as well?', default: standard.workflow })),
  }
}

/** @param files that are there and differ */
export function mayOverwrite(files: string[]): Promise<boolean> {
  return confirm({ message: `Overwrite ${files.join(', ')}?`, default: false })
}
