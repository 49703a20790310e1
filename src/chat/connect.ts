import http from 'k6/http'
import { classifyTransport, type ErrorKind } from '../stream/errors.ts'

/** What setting up a connection took, in ms. */
export interface ConnectResult {
  /** Whether a connection was opened and its parts are known. */
  ok: boolean
  /** `lookup` + `tcp` + `tls`. */
  duration?: number
  /** What is neither: the look-up of the name, which k6 keeps for 5 minutes. */
  lookup?: number
  tcp?: number
  /** 0 without TLS. */
  tls?: number
  /** This VU had one already: nothing was set up, so nothing was measured. */
  reused: boolean
  error: { kind: ErrorKind; message: string } | null
}

/**
 * Asks for the headers of an address by `k6/http`, whose timings tell what the connection took.
 * What the server answers does not matter: it is no request for generation, and no failure in
 * `http_req_failed`.
 */
export async function measureConnection(
  url: string,
  timeout: number,
  tags: { [name: string]: string },
): Promise<ConnectResult> {
  let response: Awaited<ReturnType<typeof http.asyncRequest>>
  try {
    response = await http.asyncRequest('HEAD', url, null, {
      timeout,
      redirects: 0,
      responseType: 'none',
      responseCallback: null as never, // k6 takes it; its types do not have it
      tags: Object.assign({ name: 'connect' }, tags),
    })
  } catch (error) {
    return failure(String(error instanceof Error ? error.message : error)) // k6's option `throw`
  }
  if (response.status === 0) return failure(response.error)
  // `blocked` is all of it, TCP and TLS included (run on 0.47, 1.8 and 2.2).
  const { blocked: duration, connecting: tcp, tls_handshaking: tls } = response.timings
  if (!(tcp > 0)) return { ok: false, reused: true, error: null }
  const lookup = Math.max(0, duration - tcp - tls)
  return { ok: true, duration, lookup, tcp, tls, reused: false, error: null }
}

function failure(message: string): ConnectResult {
  return { ok: false, reused: false, error: { kind: classifyTransport(message), message } }
}
