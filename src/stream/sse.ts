/** One event of a stream. */
export interface StreamEvent {
  /** Its type: `message` unless the stream named one. */
  event: string
  /** Its data; several data lines are joined by LF. */
  data: string
  /** The last event ID when it was dispatched, `''` where there was none. */
  id: string
}

export interface ParserOptions {
  onEvent(event: StreamEvent): void
  /** A line whose field is not of the standard; the standard ignores it. */
  onUnknownLine?(line: string): void
}

/** A reader of one event stream. */
export interface EventStreamParser {
  /** Takes the next piece of text, cut anywhere. */
  feed(chunk: string): void
  /**
   * Ends the stream.
   *
   * @returns whether an unfinished event remained, which the standard discards
   */
  end(): boolean
}

/**
 * Parses server-sent events by the rules of the WHATWG standard, section 9.2.5 and 9.2.6
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
 *
 * Strings in, events out: no clock, no I/O. Lines end at CRLF, LF or CR and nothing else; one
 * leading byte order mark is dropped; an event is dispatched by an empty line only.
 */
export function createParser(options: ParserOptions): EventStreamParser {
  let rest = '' // an unfinished line
  let first = true // nothing was read yet: a byte order mark may come
  let skipLf = false // the last chunk ended in CR: a LF that follows belongs to it
  let data = '' // data lines, each with its LF: empty only where there was no data line
  let type = ''
  let pending = false // a field of an undispatched event was seen
  let id = ''

  function dispatch() {
    if (data !== '') {
      options.onEvent({ event: type || 'message', data: data.slice(0, -1), id })
    }
    data = ''
    type = ''
    pending = false
  }

  function readLine(line: string) {
    if (line === '') return dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return // a comment
    const field = colon === -1 ? line : line.slice(0, colon)
    let value = ''
    if (colon !== -1) {
      // One space after the colon is dropped, never a tab and never a second space.
      value = line.charCodeAt(colon + 1) === 32 ? line.slice(colon + 2) : line.slice(colon + 1)
    }
    if (field === 'data') {
      data += `${value}\n`
    } else if (field === 'event') {
      type = value
    } else if (field === 'id') {
      if (value.indexOf('\0') === -1) id = value
    } else if (field !== 'retry') {
      if (options.onUnknownLine) options.onUnknownLine(line)
      return
    }
    pending = true
  }

  return {
    feed(chunk) {
      if (chunk === '') return
      let from = 0
      if (first) {
        first = false
        if (chunk.charCodeAt(0) === 0xfeff) from = 1
      }
      if (skipLf) {
        skipLf = false
        if (chunk.charCodeAt(from) === 10) from++
      }
      // Each search starts where the last hit was, so that a chunk is scanned once for each of
      // the two characters however many lines it has.
      let lf = chunk.indexOf('\n', from)
      let cr = chunk.indexOf('\r', from)
      while (lf !== -1 || cr !== -1) {
        const isCr = cr !== -1 && (lf === -1 || cr < lf)
        const at = isCr ? cr : lf
        const line = rest === '' ? chunk.slice(from, at) : rest + chunk.slice(from, at)
        rest = ''
        from = at + 1
        if (isCr) {
          if (from === chunk.length) skipLf = true
          else if (chunk.charCodeAt(from) === 10) from++
          cr = chunk.indexOf('\r', from)
        }
        if (lf !== -1 && lf < from) lf = chunk.indexOf('\n', from)
        readLine(line)
      }
      if (from < chunk.length) rest += chunk.slice(from)
    },
    end() {
      const unfinished = pending || (rest !== '' && rest[0] !== ':')
      rest = ''
      data = ''
      pending = false
      return unfinished
    },
  }
}

/**
 * Parses a whole event stream.
 *
 * @returns the events, and whether bytes of an unfinished event remained at the end; that event
 *   is not among them (WHATWG: no empty line, no event)
 */
export function parseEventStream(text: string): { events: StreamEvent[]; unterminated: boolean } {
  const events: StreamEvent[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  parser.feed(text)
  return { events, unterminated: parser.end() }
}
