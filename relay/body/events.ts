import { createParser, type Recording } from '#node'

/** A body, cut into what arrived when; times as they were given. */
export type CutBody = Pick<
  Recording,
  'source' | 'at' | 'data' | 'event' | 'raw' | 'rawAt' | 'unterminated' | 'body'
>

/**
 * Cuts a body into events as its text comes, and notes the time of each: of the piece that
 * completed it. The body decides what it is, never its content type: server-sent events; JSON
 * objects, one a line; everything else stays text. Rows are recognised at the second one, since
 * one alone may be a whole answer.
 */
export function createEventCutter() {
  const at: number[] = []
  const data: string[] = []
  const event: string[] = []
  const raw: string[] = []
  const rawAt: number[] = []
  let pieces: string[] | undefined = [] // the text, until it is known what it is
  let tail: string | undefined // of rows: the line that has not ended
  let now = 0
  let problem: string | undefined

  const parser = createParser({
    onEvent(found) {
      at.push(now)
      data.push(found.data)
      if (found.event !== 'message') event[data.length - 1] = found.event
      pieces = undefined
    },
    onUnknownLine(line) {
      raw.push(line)
      rawAt.push(now)
      if (raw.length === 2 && data.length === 0 && raw.every(isObject)) {
        tail = (pieces ?? []).join('')
        pieces = undefined
      }
    },
    onError(error) {
      problem = error.message
    },
  })

  return {
    /** How many events or rows there are so far. */
    get count() {
      return data.length > 0 ? data.length : tail === undefined ? 0 : raw.length
    },
    /** Data of the last event. */
    get last() {
      return data[data.length - 1]
    },
    /** Why it cannot be read on, where a line or event has no end. */
    get problem() {
      return problem
    },
    feed(text: string, time: number) {
      now = time
      if (pieces !== undefined) pieces.push(text)
      parser.feed(text)
      if (tail !== undefined) tail = afterLastLine(tail + text)
    },
    /** What there is so far. */
    result: () => cut(false),
    /** All that came; nothing more will come. */
    end: () => cut(true),
  }

  function cut(ended: boolean): CutBody {
    const unfinished = ended && parser.end()
    if (data.length === 0 && tail === undefined) {
      return { source: 'body', body: (pieces ?? []).join('') }
    }
    let unterminated = data.length > 0 && unfinished
    if (ended && tail !== undefined && data.length === 0 && tail.trim() !== '') {
      if (isObject(tail)) {
        raw.push(tail)
        rawAt.push(now)
      } else unterminated = true
    }
    const names = event.length === 0 ? event : data.map((_, i) => event[i] ?? '')
    return { source: 'stream', at, data, event: names, raw, rawAt, unterminated }
  }
}

function afterLastLine(text: string): string {
  return text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1)
}

function isObject(line: string): boolean {
  if (!/^\s*\{/.test(line)) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
