// The I/O thread's side of k6/x/sse.
import { createGunzip } from 'node:zlib'
import type { Request, SseCall, SseEnd, SsePart } from '../calls.ts'
import { joined } from '../headers.ts'
import { createAgents, type Exchange, exchange } from './exchange.ts'
import { verbOf } from './go-errors.ts'
import { next, readUrl } from './redirect.ts'
import { createReader } from './sse-reader.ts'

const REDIRECTS = 10
const LATE_HEADERS = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
const LATE_BODY =
  'context deadline exceeded (Client.Timeout or context cancellation while reading body)'

/** A stream that was opened. */
interface Opened {
  url: string
  status: number
  headers: Record<string, string>
}

export function sseCall(
  call: SseCall,
  answer: (message: SsePart | SseEnd) => void,
): { stop(): void } {
  // The extension opens a connection for each stream, and close() closes it.
  const agents = createAgents()
  let running: Exchange | undefined
  let opened: Opened | undefined
  let over = false
  let zipped = false
  let broken = false
  const bytes = { bytesSent: 0, bytesReceived: 0 }
  const late = (text: string) => ({ text, full: text, code: 1050 })
  const deadline =
    call.timeout > 0
      ? setTimeout(() => running?.stop(late(opened ? LATE_BODY : LATE_HEADERS)), call.timeout)
      : undefined

  const last = (error = '', sending = 0) => {
    if (over) return
    over = true
    clearTimeout(deadline)
    const reply = opened ?? { url: '', status: 0, headers: {} }
    answer({ kind: 'end', ...reply, error, sending, ...bytes })
    running?.stop(null)
    agents.http.destroy()
    agents.https.destroy()
  }
  /** A fault of the body: the extension then waits for close(). */
  const fault = (text: string) => {
    if (broken || over) return
    broken = true
    answer({ kind: 'error', text })
  }

  const send = (request: Request, hops: number) => {
    const { url, error: invalid } = readUrl(request.url)
    if (url === undefined) return last(`${verbOf(request)} ${invalid.full}`)
    let step: Request | undefined
    const current = exchange({ ...request, url, insecure: call.insecure }, agents, {
      response(response) {
        step = next(request, response.statusCode ?? 0, response.headers.location)
        if (step !== undefined && hops < REDIRECTS) return response.resume()
        step = undefined
        const headers = joined(response.rawHeaders)
        zipped = headers['Content-Encoding'] === 'gzip'
        if (zipped) {
          delete headers['Content-Encoding']
          delete headers['Content-Length']
        }
        opened = { url: call.url, status: response.statusCode ?? 0, headers }
        answer({ kind: 'headers', status: opened.status, sending: current.toHeaders() })
        const reader = createReader(
          (event) => answer({ kind: 'event', event }),
          (text) => answer({ kind: 'error', text }),
        )
        if (!zipped) return response.on('data', (chunk) => reader.push(chunk))
        const unzip = createGunzip()
        unzip.on('data', (chunk) => reader.push(chunk))
        unzip.on('error', () => fault('unexpected EOF'))
        unzip.on('end', () => last())
        response.pipe(unzip)
      },
      end(error) {
        const count = current.bytes()
        bytes.bytesSent += count.sent
        bytes.bytesReceived += count.received
        if (over) return
        if (step !== undefined && error === null) return send(step, hops + 1)
        if (opened === undefined) {
          return last(`${verbOf(request)} ${error?.full ?? 'EOF'}`, current.toHeaders())
        }
        if (error !== null) return fault(error.full)
        if (!zipped) last() // else when all is unpacked
      },
    })
    running = current
  }
  send(call, 0)
  return { stop: () => last() }
}
