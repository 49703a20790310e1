import type { Dialect } from './dialect.ts'
import { createDraft, type Draft } from './draft.ts'
import { readErrorJson, readEventError, type ServerError } from './errors.ts'
import { parseJson } from './json.ts'
import { castRun, learnMould, type Mould } from './mould.ts'
import type { Rows } from './rows.ts'
import { addSpan, type Spans } from './spans.ts'

/**
 * After so many moulds that no event fitted a stream is read in full: one that writes the time
 * into each event would only be the dearer for learning.
 */
const MOST_WASTED = 4

/** Events whose words are taken at once. */
const AT_ONCE = 128

/** What was found in the rows beside what went into the draft. */
export interface Found {
  /** Whether there were rows at all. */
  streamed: boolean
  /** The rows that carry generated output. */
  generated: Spans
  firstVisible: number | null
  tokensInFirst?: number
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
  let mould: Mould | undefined
  let casts = 0 // times that the mould fitted
  let wasted = keys.length > 0 ? 0 : MOST_WASTED // moulds that fitted none
  // An event that is named an error is read as one, whatever it looks like.
  const named = names.indexOf('error') !== -1
  const generated: Spans = []
  let firstVisible: number | null = null
  let tokensInFirst: number | undefined
  let undecodable: string | undefined
  for (let i = 0; i < data.length; i++) {
    const text = data[i] as string
    if (mould !== undefined && !named) {
      const run = castRun(mould, data, i, Math.min(i + AT_ONCE, data.length))
      if (run.count > 0) {
        casts++
        if (mould.reasoning) draft.reasoning.push(run.words)
        else draft.text.push(run.words)
        if (!mould.reasoning && firstVisible === null) firstVisible = i
        addSpan(generated, i, i + run.count - 1)
        i += run.count - 1
        continue
      }
    }
    if (text === '' || (text.length < 20 && text.trim() === '[DONE]')) continue
    const isError = names[i] === 'error'
    const json = parseJson(text)
    if (json === undefined) {
      if (isError) draft.error = draft.error || readErrorJson(text)
      else if (undecodable === undefined) undecodable = text
      continue
    }
    const error = readEventError(json) || (isError ? readErrorJson(json) : undefined)
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
    if (changed) mould = undefined
    if (!draft.generated) continue
    // Only words were added, one piece: what looks the same will do the same.
    const said = draft.text.length - texts
    if (
      wasted < MOST_WASTED &&
      draft.counted === undefined &&
      said + draft.reasoning.length - thoughts === 1 &&
      !changed
    ) {
      const words = (said ? draft.text[texts] : draft.reasoning[thoughts]) as string
      const learnt = learnMould(text, words, keys, said === 0)
      if (learnt && holds(learnt, dialect)) {
        if (mould && casts === 0) wasted++
        mould = wasted < MOST_WASTED ? learnt : undefined
        casts = 0
      }
    }
    if (generated.length === 0) tokensInFirst = draft.counted || undefined
    addSpan(generated, i, i)
    if (draft.visible && firstVisible === null) firstVisible = i
  }
  // Lines outside the standard carry errors of old llama.cpp (`error: {…}`) and llama-swap
  // (a bare JSON object): a conforming parser drops them, and the failure with them.
  if (!draft.error) draft.error = errorInLines(rows.unknown)
  return { streamed: data.length > 0, generated, firstVisible, tokensInFirst, undecodable }
}

/**
 * Whether the words of an event are where its mould has them: read in full with a word in their
 * place that no server sends, it must give that word, and nothing else that is said.
 */
function holds(mould: Mould, dialect: Dialect): boolean {
  const word = '\u2603k6-llm\u2603'
  const json = parseJson(mould.before + word + mould.after)
  if (json === undefined) return false
  const draft = createDraft()
  dialect.read(json, draft)
  const said = mould.reasoning ? draft.reasoning : draft.text
  return draft.generated && said.length === 1 && said[0] === word
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
    draft.toolCalls.size,
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
