/**
 * @typedef {object} Recording A stream as k6-llm records it (`keep: 'recording'`), times in ms.
 * @property {'stream' | 'body'} source
 * @property {number} startedAt
 * @property {number} [headersAt]
 * @property {number} endedAt
 * @property {number} status
 * @property {number[]} at arrival of each event
 * @property {string[]} data of each event
 * @property {string[]} [event] name of each event, `''` where it had none
 * @property {string[]} [raw] lines that are no SSE field
 * @property {{ kind: string, message: string }} [error] what ended the exchange, if not well
 */

/** @typedef {Record<string, any>} Json */

/**
 * @typedef {object} Chunk One event before `[DONE]`.
 * @property {number} at ms after the start of the request
 * @property {string} name
 * @property {Json | undefined} json undefined: its data is no JSON object
 */

/**
 * @typedef {object} Reply What every rule reads: facts of a recording, nothing judged.
 * @property {Chunk[]} chunks
 * @property {number} doneAt ms to `[DONE]`; to the end of the stream where there was none
 * @property {number} endedAt ms to the end of the stream; k6-llm ends one at `[DONE]`
 * @property {boolean} broken the exchange failed, or its status is no success
 * @property {string[]} raw lines that are no SSE field
 */

/**
 * @param {Recording} recording
 * @returns {Reply}
 */
export function toReply(recording) {
  const { startedAt, endedAt, status, at, data, event = [], raw = [], error } = recording
  /** @type {Chunk[]} */
  const chunks = []
  let doneAt = endedAt - startedAt
  for (const [i, text] of data.entries()) {
    const arrived = /** @type {number} */ (at[i]) - startedAt
    if (text.trim() === '[DONE]') {
      doneAt = arrived
      break
    }
    if (text !== '') chunks.push({ at: arrived, name: event[i] ?? '', json: parse(text) })
  }
  const broken = error !== undefined || status < 200 || status >= 300
  return { chunks, doneAt, endedAt: endedAt - startedAt, broken, raw }
}

/**
 * The delta of the first choice, the only one that the peers read.
 * @param {Chunk} chunk
 * @returns {Json}
 */
export function deltaOf(chunk) {
  return chunk.json?.choices?.[0]?.delta ?? {}
}

/**
 * The last usage that is not empty, on whatever chunk it came.
 * @param {Chunk[]} chunks
 * @returns {Json | undefined}
 */
export function lastUsage(chunks) {
  const usages = chunks.map((chunk) => chunk.json?.usage)
  return usages.findLast((usage) => usage && Object.keys(usage).length > 0)
}

/**
 * Differences between neighbours.
 * @param {Chunk[]} chunks
 */
export function gapsOf(chunks) {
  return chunks.slice(1).map((chunk, i) => chunk.at - /** @type {Chunk} */ (chunks[i]).at)
}

/**
 * Whether the event says that the request failed, after HTTP 200 too.
 * @param {Chunk} chunk
 */
export function isError({ json }) {
  return Boolean(json?.error)
}

/** @param {string} text */
export function parse(text) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? /** @type {Json} */ (value) : undefined
  } catch {
    return undefined
  }
}
