// An event stream, line by line, as xk6-sse 0.1.12 reads it (not as the standard says): lines end
// in \n, a \r stays on names and ids, a line that is no field it knows is an error of its own.
import { StringDecoder } from 'node:string_decoder'
import type { SseEvent } from '../calls.ts'

export function createReader(onEvent: (event: SseEvent) => void, onError: (text: string) => void) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let event = empty()

  /** @param line with its line end */
  function take(line: string) {
    if (line === '\n' || line === '\r\n') {
      // An empty event, too: xk6-sse passes on whatever a blank line ends.
      event.data = event.data.replace(/\r?\n$/, '')
      onEvent(event)
      event = empty()
      return
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? undefined : line.slice(0, colon)
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') event.data += value
    else if (field === 'id') event.id = value.replace(/\n$/, '')
    else if (field === 'event') event.name = value.replace(/\n$/, '')
    else if (field === '') event.comment = value.replace(/\r?\n$/, '')
    else if (field !== 'retry') onError(`unknown event: ${line}`)
  }

  return {
    push(chunk: Buffer) {
      const text = rest + decoder.write(chunk)
      let from = 0
      for (;;) {
        const end = text.indexOf('\n', from)
        if (end < 0) break
        take(text.slice(from, end + 1))
        from = end + 1
      }
      rest = text.slice(from)
    },
  }
}

const empty = (): SseEvent => ({ id: '', name: '', data: '', comment: '' })
