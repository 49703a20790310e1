import type { Dialect } from '../dialect.ts'
import type { Draft } from '../draft.ts'
import { parseJson } from '../json.ts'
import { readErrorJson, readEventError, type ServerError } from '../server-error.ts'
import { createCasting } from './casting.ts'
import type { Rows } from './cut-rows.ts'
import { addSpan, type Spans } from './spans.ts'

/** What was found in the rows beside what went into the draft. */
export interface Found {
  /** Whether there were rows at all. */
  streamed: boolean
  /** The rows that carry generated output. */
  generated: Spans
  firstVisible: number | null
  tokensInFirst?: number
  tokensInLast?: number
  undecodable?: string
}

/**
 * Reads the rows of a stream into the draft, in order.
 *
 * @param keys how the words' key may be written, see `Dialect.words`; none: every row is parsed
 */
export function readRows(rows: Rows, dialect: Dialect, draft: Draft, keys: string[]): Found {
  const data = rows.data
  const names = rows.names
  // An event that is named an error is read as one, whatever it looks like.
  const casting = createCasting(dialect, names.indexOf('error') === -1 ? keys : [])
  const generated: Spans = []
  let firstVisible: number | null = null
  let tokensInFirst: number | undefined
  let tokensInLast: number | undefined
  let undecodable: string | undefined
  let skipped: string | undefined
  let decoded = false
  for (let i = 0; i < data.length; i++) {
    const text = data[i] as string
    const cast = casting.take(data, i)
    if (cast) {
      if (cast.reasoning) draft.reasoning.push(cast.words)
      else draft.text.push(cast.words)
      if (!cast.reasoning && firstVisible === null) firstVisible = i
      addSpan(generated, i, i + cast.count - 1)
      tokensInLast = undefined // such events count nothing
      i += cast.count - 1
      continue
    }
    if (text === '') continue
    // No client reads on.
    if (text.length < 20 && END.test(text)) break
    const isError = names[i] === 'error'
    const json = parseJson(text)
    if (json === undefined) {
      if (isError) draft.error = draft.error || readErrorJson(text)
      else if (!isOwn(names[i], dialect)) skipped = skipped || text
      else if (undecodable === undefined) undecodable = text
      continue
    }
    decoded = true
    const own = isOwn(names[i], dialect)
    const error = own
      ? readEventError(json)
      : isError || json.error
        ? readErrorJson(json)
        : undefined
    if (error || isError) {
      draft.error = draft.error || error || readErrorJson(text)
      continue
    }
    draft.generated = false
    draft.visible = false
    draft.counted = undefined
    const before = stateOf(draft)
    const texts = draft.text.length
    const thoughts = draft.reasoning.length
    dialect.read(json, draft)
    const changed = before !== stateOf(draft)
    // What the mould's own events say beside words was said over: it would have to be said again.
    if (changed) casting.forget()
    if (!draft.generated) continue
    // Only words were added, one piece: what looks the same will do the same.
    const said = draft.text.length - texts
    const pieces = said + draft.reasoning.length - thoughts
    if (draft.counted === undefined && pieces === 1 && !changed) {
      const words = (said ? draft.text[texts] : draft.reasoning[thoughts]) as string
      casting.learn(text, words, said === 0)
    }
    if (generated.length === 0) tokensInFirst = draft.counted || undefined
    tokensInLast = draft.counted
    addSpan(generated, i, i)
    if (draft.visible && firstVisible === null) firstVisible = i
  }
  // Lines outside the standard carry errors of old llama.cpp (`error: {…}`) and llama-swap
  // (a bare JSON object): a conforming parser drops them, and the failure with them.
  if (!draft.error) draft.error = errorInLines(rows.unknown)
  // All that came was named as no event of this wire.
  if (undecodable === undefined && !decoded) undecodable = skipped
  const streamed = data.length > 0
  return { streamed, generated, firstVisible, tokensInFirst, tokensInLast, undecodable }
}

const END = /^\s*\[?done\]?\s*$/i

/** Whether an event of this name is of the wire: what others carry (pings, costs) is not read. */
function isOwn(name: string | undefined, dialect: Dialect): boolean {
  if (!name || name === 'message') return true
  return dialect.events?.test(name) === true
}

/** All that an event can change in a draft, but for the words. */
function stateOf(draft: Draft): string {
  const usage = draft.usage
  return [
    draft.model,
    draft.finishReason,
    draft.terminal,
    draft.summarized,
    draft.choices.size,
    draft.toolCalls.length,
    draft.memo.size,
    draft.error === undefined,
    usage?.completionTokens,
    usage?.promptTokens,
  ].join()
}

function errorInLines(lines: string[]): ServerError | undefined {
  for (const line of lines) {
    const named = /^error:\s*/.exec(line)
    const text = named ? line.slice(named[0].length) : line
    if (text[0] !== '{') continue
    const json = parseJson(text)
    const error = json && (named ? readErrorJson(json) : readEventError(json))
    if (error) return error
  }
  return undefined
}
