import { parseJson, type Recording } from '#node'

/** A recording with the time of each event. */
export interface StreamRecording extends Recording {
  at: number[]
  data: string[]
}

/**
 * What the peers' rules read of an event. Where a server sends something else than its wire says,
 * it stands here as it came.
 */
export interface ChunkJson {
  object?: string
  choices?: Choice[] | null
  usage?: Usage | null
  error?: unknown
}

interface Choice {
  delta?: Delta | null
}

/** The delta of a choice. */
export interface Delta {
  content?: unknown
  reasoning?: unknown
  reasoning_content?: unknown
  tool_calls?: CallDelta[] | null
}

interface CallDelta {
  id?: string
  function?: { name?: string; arguments?: string }
}

interface Usage {
  completion_tokens?: number | null
  completion_tokens_details?: { reasoning_tokens?: number | null } | null
}

/** One event before `[DONE]`. */
export interface Chunk {
  /** ms after the start of the request */
  at: number
  name: string
  /** undefined: its data is no JSON object */
  json: ChunkJson | undefined
}

/** What every rule reads: facts of a recording, nothing judged. */
export interface Reply {
  recording: StreamRecording
  chunks: Chunk[]
  /** ms to `[DONE]`; to the end of the stream where there was none */
  doneAt: number
  /** ms to the end of the stream; k6-llm ends one at `[DONE]` */
  endedAt: number
  /** the exchange failed, or its status is no success */
  broken: boolean
}

export function toReply(recording: StreamRecording): Reply {
  const { startedAt, endedAt, status, at, data, event = [], error } = recording
  const chunks: Chunk[] = []
  let doneAt = endedAt - startedAt
  for (const [i, text] of data.entries()) {
    const arrived = (at[i] ?? endedAt) - startedAt
    if (text.trim() === '[DONE]') {
      doneAt = arrived
      break
    }
    if (text !== '') chunks.push({ at: arrived, name: event[i] ?? '', json: parseJson(text) })
  }
  const broken = error !== undefined || status < 200 || status >= 300
  return { recording, chunks, doneAt, endedAt: endedAt - startedAt, broken }
}

/** The delta of the first choice, the only one that the peers read. */
export function deltaOf(chunk: Chunk): Delta {
  return chunk.json?.choices?.[0]?.delta ?? {}
}

/** The calls of tools in its delta. */
export function callsOf(chunk: Chunk): CallDelta[] {
  const { tool_calls: calls } = deltaOf(chunk)
  return Array.isArray(calls) ? calls : []
}

export function hasReasoning(chunk: Chunk): boolean {
  const delta = deltaOf(chunk)
  return Boolean(delta.reasoning_content || delta.reasoning)
}

/** The last usage that is not empty, on whatever chunk it came. */
export function lastUsage(chunks: Chunk[]): Usage | undefined {
  const usages = chunks.map((chunk) => chunk.json?.usage)
  return usages.findLast((usage) => usage && Object.keys(usage).length > 0) ?? undefined
}

/** Tokens of the answer by the last usage; 0 where it says none. */
export function lastCount(chunks: Chunk[]): number {
  return lastUsage(chunks)?.completion_tokens ?? 0
}

/** Differences between neighbours. */
export function gapsOf(chunks: Chunk[]): number[] {
  return chunks.slice(1).map(({ at }, i) => at - (chunks[i]?.at ?? at))
}

/** Whether the event says that the request failed, after HTTP 200 too. */
export function isError({ json }: Chunk): boolean {
  return Boolean(json?.error)
}
