import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Api } from '../../src/stream/dialects/index.ts'
import type { Recording } from '../../src/stream/recording.ts'

const directory = fileURLToPath(new URL('../fixtures/streams/', import.meta.url))

/** The meaning of a stream, as the fixture states it. */
export interface Semantics {
  text: string
  reasoning: string
  tools?: Record<string, { name: string; arguments: string }>
  finish: string | null
  usage: Record<string, number> | null
  done: boolean
  error: unknown
  first_generated: number | null
  /** Not stated for the rows of the older NDJSON files. */
  first_content?: number | null
  generated_chunks?: number
  choices?: number
  tokens_in_first?: number
  summarized?: boolean
}

export interface Fixture {
  name: string
  /** The wire format that it is a stream of. */
  api: Api
  text: string
  expected: { event: string; data: string; id: string }[]
  semantics?: Semantics
}

/** The wire format of a fixture, by the beginning of its name; `openai-chat` for the rest. */
const API_OF: [RegExp, Api][] = [
  [/^(vllm|tgi|ollama-openai)-completions/, 'openai-completions'],
  [/^openai-responses/, 'openai-responses'],
  [/^anthropic/, 'anthropic-messages'],
  [/^ollama-(generate|load|unload|pull)/, 'ollama-generate'],
  [/^ollama-(?!openai)/, 'ollama-chat'],
  [/^llamacpp-completion/, 'llamacpp-completion'],
  [/^tgi-generate/, 'tgi-generate'],
  [/^sglang-generate/, 'sglang-generate'],
  [/^seed-gateway/, 'gateway'],
]

function read(file: string, suffix: string, pattern: RegExp): Fixture | undefined {
  if (!file.endsWith(suffix) || !pattern.test(file)) return undefined
  const name = file.slice(0, -suffix.length)
  const text = (end: string) => readFileSync(`${directory}${name}${end}`, 'utf8')
  const found = API_OF.find(([start]) => start.test(name))
  return {
    name,
    api: found ? found[1] : 'openai-chat',
    text: text(suffix),
    expected: JSON.parse(text('.expected.json')),
    semantics: JSON.parse(text('.meta.json')).semantics,
  }
}

/** Streams of real servers and of the standard's edges, with what a reader must make of them. */
export function fixtures(pattern: RegExp): Fixture[] {
  return readdirSync(directory).flatMap((file) => read(file, '.sse', pattern) || [])
}

/** The same of bodies with one JSON object a line; `expected` are the objects. */
export function rowFixtures(): Omit<Fixture, 'expected'>[] {
  return readdirSync(directory).flatMap((file) => read(file, '.ndjson', /./) || [])
}

/** A recording of events (or raw lines, for `raw`) that arrived 10 ms apart, the first at 10 ms. */
export function recordingOf(
  lines: { data: string; event?: string }[],
  raw: string[] = [],
): Recording {
  const count = Math.max(lines.length, raw.length)
  return {
    source: 'stream',
    startedAt: 1000,
    headersAt: 1005,
    endedAt: 1010 + count * 10,
    status: 200,
    headers: {},
    at: lines.map((_, i) => 1010 + i * 10),
    data: lines.map((line) => line.data),
    event: lines.map((line) => (line.event === 'message' ? '' : line.event || '')),
    raw,
    rawAt: raw.map((_, i) => 1010 + i * 10),
  }
}
