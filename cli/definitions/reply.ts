/** A stream as k6-llm records it (`keep: 'recording'`), times in ms. */
export interface Recording {
  source: 'stream' | 'body'
  startedAt: number
  headersAt?: number
  endedAt: number
  status: number
  /** arrival of each event */
  at: number[]
  /** of each event */
  data: string[]
  /** name of each event, `''` where it had none */
  event?: string[]
  /** lines that are no SSE field */
  raw?: string[]
  /** what ended the exchange, if not well */
  error?: { kind: string; message: string }
}

export type Json = Record<string, any>

/** One event before `[DONE]`. */
export interface Chunk {
  /** ms after the start of the request */
  at: number
  name: string
  /** undefined: its data is no JSON object */
  json: Json | undefined
}

/** What every rule reads: facts of a recording, nothing judged. */
export interface Reply {
  chunks: Chunk[]
  /** ms to `[DONE]`; to the end of the stream where there was none */
  doneAt: number
  /** ms to the end of the stream; k6-llm ends one at `[DONE]` */
  endedAt: number
  /** the exchange failed, or its status is no success */
  broken: boolean
  /** lines that are no SSE field */
  raw: string[]
}

export function toReply(recording: Recording): Reply {
  const { startedAt, endedAt, status, at, data, event = [], raw = [], error } = recording
  const chunks: Chunk[] = []
  let doneAt = endedAt - startedAt
  for (const [i, text] of data.entries()) {
    const arrived = (at[i] as number) - startedAt
    if (text.trim() === '[DONE]') {
      doneAt = arrived
      break
    }
    if (text !== '') chunks.push({ at: arrived, name: event[i] ?? '', json: parse(text) })
  }
  const broken = error !== undefined || status < 200 || status >= 300
  return { chunks, doneAt, endedAt: endedAt - startedAt, broken, raw }
}

/** The delta of the first choice, the only one that the peers read. */
export function deltaOf(chunk: Chunk): Json {
  return chunk.json?.choices?.[0]?.delta ?? {}
}

/** The last usage that is not empty, on whatever chunk it came. */
export function lastUsage(chunks: Chunk[]): Json | undefined {
  const usages = chunks.map((chunk) => chunk.json?.usage)
  return usages.findLast((usage) => usage && Object.keys(usage).length > 0)
}

/** Differences between neighbours. */
export function gapsOf(chunks: Chunk[]) {
  return chunks.slice(1).map((chunk, i) => chunk.at - (chunks[i] as Chunk).at)
}

/** Whether the event says that the request failed, after HTTP 200 too. */
export function isError({ json }: Chunk) {
  return Boolean(json?.error)
}

export function parse(text: string) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
