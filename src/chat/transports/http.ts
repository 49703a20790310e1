import http from 'k6/http'
import { now } from '../../core/clock.ts'
import { classifyTransport, type ErrorKind } from '../../stream/errors.ts'
import type { Recording } from '../../stream/recording.ts'
import type { HttpRequest, Transport } from './transport.ts'

/** k6 takes it; its types do not have it. */
const ANY_STATUS = { responseCallback: null as never }

/** What is used of k6's timings, in ms. */
interface Timings {
  blocked: number
  sending: number
  waiting: number
  receiving: number
}

/**
 * The transport of every k6: `k6/http`, which returns when the whole body is there.
 *
 * It gives exact totals, texts and token counts, and no time of any token: its recordings have
 * `source: 'body'`. Times come from k6's own timings, not from when this VU's event loop got to
 * the answer (behind an open event stream that can be a second later).
 */
export const httpTransport: Transport = {
  name: 'k6/http',
  streams: false,

  async send(request: HttpRequest): Promise<Recording> {
    const startedAt = now()
    const body = request.body === undefined ? null : request.body
    let response: Awaited<ReturnType<typeof http.asyncRequest>>
    try {
      response = await http.asyncRequest(request.method, request.url, body, {
        headers: request.headers,
        timeout: request.timeout,
        tags: request.tags,
        // A script's discardResponseBodies would leave nothing to read.
        responseType: 'text',
        // Following a redirect turns a POST into a GET without its body.
        redirects: 0,
        ...(request.anyStatus && ANY_STATUS),
      })
    } catch (error) {
      // k6 throws for a failed request where its option `throw` is set.
      const message = String(error instanceof Error ? error.message : error)
      return failed(startedAt, now(), classifyTransport(message), message)
    }
    const timings = response.timings as unknown as Timings
    // `blocked` holds the set-up of a connection already: blocked - connecting - tls_handshaking
    // was 0.15 ms on k6 0.47, 1.8 and 2.2. Added up they would count it twice.
    const toHeaders = timings.blocked + timings.sending + timings.waiting
    const measured = toHeaders + timings.receiving
    const recording: Recording = {
      source: 'body',
      startedAt,
      endedAt: measured > 0 ? startedAt + measured : now(),
      status: response.status,
      headers: response.headers,
      body: typeof response.body === 'string' ? response.body : '',
    }
    if (response.status > 0 || timings.waiting > 0) recording.headersAt = startedAt + toHeaders
    // 1400 to 1599 only repeat the HTTP status.
    const code = response.error_code
    if (code > 0 && (code < 1400 || code >= 1600)) {
      recording.error = { kind: errorKind(code, response.error), message: response.error }
    }
    return recording
  },
}

/** The recording of an exchange that had no response. */
export function failed(
  startedAt: number,
  endedAt: number,
  kind: ErrorKind,
  message: string,
): Recording {
  return {
    source: 'body',
    startedAt,
    endedAt,
    status: 0,
    headers: {},
    error: { kind, message },
  }
}

/**
 * k6's error codes (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). 1000 is
 * everything without a code of its own: there the text decides.
 */
function errorKind(code: number, message: string): ErrorKind {
  if (code === 1050 || code === 1211) return 'timeout'
  if (code >= 1100 && code < 1200) return 'dns'
  if (code === 1201 || code === 1220) return 'reset'
  if (code >= 1200 && code < 1300) return 'connect'
  if (code >= 1300 && code < 1400) return 'tls'
  if (code >= 1600 && code < 1700) return 'reset'
  if (code >= 1700 && code < 1800) return 'decode'
  return classifyTransport(message)
}
