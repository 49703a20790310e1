// k6/x/sse, as xk6-sse 0.1.12 behaves, its edges included.
import type { SseEnd } from '../calls.ts'
import { GoError } from '../errors.ts'
import { prepareStream } from '../sse/request.ts'
import { callStream, close, nextCall } from '../vu/call.ts'
import { board, emit } from '../vu/samples.ts'
import { options, state } from '../vu/state.ts'

type Handler = (value: unknown) => void

/**
 * Opens a stream and blocks the VU until it ends or is closed.
 *
 * @param params or the setup function
 */
export function open(url: string, params: unknown, setup?: unknown) {
  if (state.init) throw new GoError('using sse in the init context is not supported')
  const run = typeof params === 'function' ? params : setup
  if (typeof run !== 'function') throw new GoError('invalid number of arguments to sse.open()')
  const { call, tags } = prepareStream(url, typeof params === 'function' ? {} : params)

  const handlers: Record<string, Handler[]> = { open: [], event: [], error: [] }
  const id = nextCall()
  let closed = false
  const client = {
    on(name: string, handler: Handler) {
      handlers[name] = [...(handlers[name] ?? []), handler]
    },
    close() {
      if (!closed) close(id)
      closed = true
    },
  }
  const tell = (name: string, value: unknown) => {
    for (const handler of handlers[name] ?? []) handler(value)
  }

  const startedAt = board.elapsed()
  let sending = 0
  let status = ''
  const record = (last?: SseEnd) => {
    const now = board.elapsed()
    const all = { ...tags, ...(status === '' ? {} : { status }) }
    // The extension counts this one twice.
    emit('http_req_sending', sending, all, startedAt)
    emit('http_reqs', 1, all, now)
    emit('http_req_sending', sending, all, now)
    emit('http_req_duration', now - startedAt, all, now)
    state.bytesSent += last?.bytesSent ?? 0
    state.bytesReceived += last?.bytesReceived ?? 0
  }

  let last: SseEnd
  try {
    last = callStream(call, (message) => {
      if (message.kind === 'headers') {
        status = String(message.status)
        sending = message.sending
        run(client)
        tell('open', undefined)
      } else if (message.kind === 'event') {
        if (closed) return
        emit('sse_event', 1, { ...tags, status })
        tell('event', message.event)
      } else if (!closed) {
        tell('error', goValue(message.text))
      }
    })
  } catch (error) {
    record()
    throw error
  }
  if (status === '') sending = last.sending
  record(last)
  if (last.error !== '' && options().throw) throw new GoError(last.error)
  return { url: last.url, status: last.status, headers: last.headers, error: last.error }
}

/** An error of Go as a value: its text by `String()` and `error()`; JSON has nothing of it. */
function goValue(text: string) {
  const hidden = (value: () => string) => ({ value, enumerable: false })
  return Object.defineProperties({}, { error: hidden(() => text), toString: hidden(() => text) })
}

export default { open }
