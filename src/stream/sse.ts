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
  /** The limit was passed: what came before was given, nothing more will be. */
  onError?(error: StreamError): void
  /**
   * Most characters of one line, and of the data of one event. The standard has no limit, but a
   * server that never ends a line must not take a VU's memory.
   * @default 16777216 (16 M)
   */
  maxBufferSize?: number
}

/** Why a stream could not be read on. */
export interface StreamError {
  type: 'max-buffer-size-exceeded'
  message: string
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

/** Default of `maxBufferSize`: the longest answers of today's models are below 1 M characters. */
export const MAX_BUFFER_SIZE = 16 * 1024 * 1024

export function tooLong(limit: number): StreamError {
  const message = `a line or event of the stream is longer than ${limit} characters (maxBufferSize)`
  return { type: 'max-buffer-size-exceeded', message }
}

/**
 * Parses server-sent events by the rules of the WHATWG standard, section 9.2.5 and 9.2.6
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
 *
 * Strings in, events out: no clock, no I/O. Lines end at CRLF, LF or CR and nothing else; one
 * leading byte order mark is dropped; an event is dispatched by an empty line only. Where the
 * limit is passed does not depend on how the text was cut.
 */
export function createParser(options: ParserOptions): EventStreamParser {
  const limit = options.maxBufferSize === undefined ? MAX_BUFFER_SIZE : options.maxBufferSize
  // An unfinished line, in pieces: `+=` over the pieces of a long one is quadratic in k6's engine.
  let rest: string[] = []
  let restSize = 0
  let first = true // nothing was read yet: a byte order mark may come
  let skipLf = false // the last chunk ended in CR: a LF that follows belongs to it
  let data: string[] = [] // one entry a data line
  let dataSize = 0
  let type = ''
  let pending = false // a field of an undispatched event was seen
  let id = ''
  let failed = false

  function fail() {
    failed = true
    rest = []
    data = []
    if (options.onError) options.onError(tooLong(limit))
  }

  function readLine(line: string) {
    if (line === '') {
      if (data.length > 0) {
        const text = data.length === 1 ? (data[0] as string) : data.join('\n')
        data = []
        dataSize = 0
        options.onEvent({ event: type || 'message', data: text, id })
      }
      type = ''
      pending = false
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return // a comment
    const field = colon === -1 ? line : line.slice(0, colon)
    let value = ''
    if (colon !== -1) {
      // One space after the colon is dropped, never a tab and never a second space.
      value = line.charCodeAt(colon + 1) === 32 ? line.slice(colon + 2) : line.slice(colon + 1)
    }
    if (field === 'data') {
      dataSize += value.length + 1
      if (dataSize > limit + 1) return fail()
      data.push(value)
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
      if (chunk === '' || failed) return
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
        let line = chunk.slice(from, at)
        if (restSize + line.length > limit) return fail()
        if (restSize > 0) {
          rest.push(line)
          line = rest.join('')
          rest = []
          restSize = 0
        }
        from = at + 1
        if (isCr) {
          if (from === chunk.length) skipLf = true
          else if (chunk.charCodeAt(from) === 10) from++
          cr = chunk.indexOf('\r', from)
        }
        if (lf !== -1 && lf < from) lf = chunk.indexOf('\n', from)
        readLine(line)
        if (failed) return
      }
      if (from < chunk.length) {
        rest.push(from === 0 ? chunk : chunk.slice(from))
        restSize += chunk.length - from
        if (restSize > limit) fail()
      }
    },
    end() {
      const unfinished = failed || pending || (restSize > 0 && (rest[0] as string)[0] !== ':')
      rest = []
      restSize = 0
      data = []
      pending = false
      return unfinished
    },
  }
}

/**
 * Parses a whole event stream. Never throws for what it is given.
 *
 * @param options `maxBufferSize`: most characters of a line or event (default 16 M)
 * @returns the events, and whether bytes of an unfinished event remained at the end; that event
 *   is not among them (WHATWG: no empty line, no event). `error` where the limit was passed: the
 *   events before it are there, those after it are not
 */
export function parseEventStream(
  text: string,
  options: { maxBufferSize?: number } = {},
): { events: StreamEvent[]; unterminated: boolean; error?: StreamError } {
  const parsed: { events: StreamEvent[]; unterminated: boolean; error?: StreamError } = {
    events: [],
    unterminated: false,
  }
  const parser = createParser({
    onEvent: (event) => parsed.events.push(event),
    onError(error) {
      parsed.error = error
    },
    maxBufferSize: options.maxBufferSize,
  })
  parser.feed(text)
  parsed.unterminated = parser.end()
  return parsed
}
