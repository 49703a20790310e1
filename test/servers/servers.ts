import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A server that can be started here, as data. */
export interface RealServer {
  name: string
  /** on PATH */
  program: string
  /** names the program where it is not on PATH */
  variable: string
  /** names what else it needs, such as a model */
  needs?: string
  /** that it serves */
  model: string
  key?: string
  args(at: { port: number; scratch: string; needed: string }): string[]
  /** variables of its process */
  env?: Record<string, string>
  /** answers 200 when it can be asked */
  ready: string
  /** how to ask for its version */
  version: string[] | { path: string; key: string }
  /** its own counts of tokens, in `/metrics` */
  counters?: { prompt: string; completion: string }
  /** what a model that it does not have is answered by; absent: it answers to every name */
  unknownModel?: number[]
}

const VLLM_COUNTERS = {
  prompt: 'vllm:prompt_tokens_total',
  completion: 'vllm:generation_tokens_total',
}

export const SERVERS: RealServer[] = [
  {
    name: 'vLLM on CPU',
    program: 'vllm',
    variable: 'VLLM_BIN',
    needs: 'VLLM_MODEL',
    model: 'tiny',
    key: 'k6-llm-key',
    args: ({ port, needed }) => [
      ...['serve', needed, '--served-model-name', 'tiny', '--host', '127.0.0.1'],
      ...['--port', `${port}`, '--max-num-seqs', '4', '--api-key', 'k6-llm-key'],
    ],
    ready: '/health',
    version: { path: '/version', key: 'version' },
    counters: VLLM_COUNTERS,
    unknownModel: [404],
  },
  {
    name: 'llama.cpp',
    program: 'llama-server',
    variable: 'LLAMA_SERVER_BIN',
    needs: 'LLAMA_MODEL',
    model: 'tiny',
    key: 'k6-llm-key',
    args: ({ port, needed }) => [
      ...['-m', needed, '--host', '127.0.0.1', '--port', `${port}`, '-t', '2', '-np', '4'],
      ...['-c', '8192', '--alias', 'tiny', '--metrics', '--api-key', 'k6-llm-key'],
    ],
    ready: '/health',
    version: ['--version'],
    counters: {
      prompt: 'llamacpp:prompt_tokens_total',
      completion: 'llamacpp:tokens_predicted_total',
    },
  },
  {
    name: 'LiteLLM proxy',
    program: 'litellm',
    variable: 'LITELLM_BIN',
    model: 'tiny',
    key: 'sk-k6-llm-key',
    args({ port, scratch }) {
      const config = join(scratch, 'litellm.yaml')
      const model = { model: 'openai/tiny', api_key: 'none', mock_response: 'One two three four.' }
      const list = [{ model_name: 'tiny', litellm_params: model }]
      // JSON is YAML.
      const settings = { model_list: list, general_settings: { master_key: 'sk-k6-llm-key' } }
      writeFileSync(config, JSON.stringify(settings))
      return ['--config', config, '--host', '127.0.0.1', '--port', `${port}`]
    },
    // Its list of prices comes with it.
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False' },
    ready: '/health/liveliness',
    version: ['--version'],
    unknownModel: [400, 404],
  },
  {
    name: 'llm-d-inference-sim',
    program: 'llm-d-inference-sim',
    variable: 'LLM_D_SIM_BIN',
    model: 'tiny',
    args: ({ port }) => [
      ...['--port', `${port}`, '--model', 'tiny', '--force-dummy-tokenizer', '--max-model-len'],
      ...['4096', '--max-num-seqs', '32', '--time-to-first-token', '50ms'],
      ...['--inter-token-latency', '2ms'],
    ],
    ready: '/health',
    version: ['--version'],
    counters: VLLM_COUNTERS,
    unknownModel: [404],
  },
]

/** The program of a server and what it needs, or why it is not run. */
export function findServer(server: RealServer): { program: string; needed: string } | string {
  const named = process.env[server.variable]
  const program = named || onPath(server.program)
  if (program === undefined || !existsSync(program)) {
    const where = named
      ? `${server.variable}=${named} is not there`
      : `no ${server.program} on PATH`
    return `${where}, and no ${server.variable}`
  }
  const needed = server.needs === undefined ? '' : process.env[server.needs]
  if (needed === undefined || (needed !== '' && !existsSync(needed))) {
    return `${server.needs} names nothing that is there`
  }
  return { program, needed }
}

function onPath(program: string): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program))
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What a server says that it is; 'unknown' where it says nothing. */
export async function versionOf(
  { version, key, env }: RealServer,
  program: string,
  url: string,
): Promise<string> {
  if (Array.isArray(version)) {
    try {
      // Some write it to stderr.
      const said = execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1', program, ...version], {
        encoding: 'utf8',
        timeout: 120_000,
        env: { ...process.env, ...env },
      })
      return (
        /(?:version|tagged|Version)\D*?([\d][\w.-]*(?: \([\w]+\))?)/.exec(said)?.[1] ?? 'unknown'
      )
    } catch {
      return 'unknown'
    }
  }
  const headers = key ? { authorization: `Bearer ${key}` } : undefined
  const json = (await (await fetch(url + version.path, { headers })).json()) as Record<
    string,
    string
  >
  return json[version.key] ?? 'unknown'
}
