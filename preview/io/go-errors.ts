// Node's network errors in the words and codes of k6
// (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). Scripts read both.
import type { Request } from '../calls.ts'

export interface GoError {
  /** what `response.error` has */
  text: string
  /** what the log and k6/x/sse have */
  full: string
  code: number
  /** the address was none: nothing was sent */
  invalid?: boolean
}

/** An error of Node's network, with what the system told. */
interface SystemError extends NodeJS.ErrnoException {
  address?: string
  port?: number
  /** of several addresses of one host, which were tried in turn */
  errors?: SystemError[]
}

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
])

/** errno names to Go's words. */
const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
  ECONNABORTED: 'software caused connection abort',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  EMFILE: 'too many open files',
  ENETUNREACH: 'network is unreachable',
  EPIPE: 'broken pipe',
  ETIMEDOUT: 'connection timed out',
}

/** Where it happened. */
interface Place {
  host: string
  /** of the connection: `address:port` */
  local?: string
  remote?: string
  /** the response had begun */
  headers: boolean
}

export function goError(error: SystemError, where: Place): GoError {
  const code = String(error.code ?? '')
  const [first] = error.errors ?? []
  if (first !== undefined) return goError(first, where)
  if (error.syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { text: 'lookup: no such host', full: `lookup ${where.host}: no such host`, code: 1101 }
  }
  if (error.syscall === 'connect') return dialError(error, code)
  if (UNKNOWN_AUTHORITY.has(code)) {
    return {
      text: 'x509: unknown authority',
      full: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      code: 1310,
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const text = `x509: certificate is not valid for ${where.host}`
    return {
      text: "x509: certificate doesn't match hostname",
      full: `tls: failed to verify certificate: ${text}`,
      code: 1311,
    }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const text =
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'
    return { text, full: text, code: 1300 }
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    if (/wrong version number|packet length too long|http request/i.test(error.message)) {
      return {
        text: 'tls: first record does not look like a TLS handshake',
        full: 'http: server gave HTTP response to HTTPS client',
        code: 1301,
      }
    }
    const text = `remote error: tls: handshake failure (${error.message.trim()})`
    return { text, full: text, code: 1300 }
  }
  if (code.startsWith('HPE_')) {
    const text = `net/http: HTTP/1.x transport connection broken: malformed HTTP response (${error.message})`
    return { text, full: text, code: 1000 }
  }
  if (error.syscall === 'read' || error.syscall === 'write') {
    const words = WORDS[code] ?? error.message
    const link = where.local && where.remote ? ` tcp ${where.local}->${where.remote}` : ''
    return {
      text: `${error.syscall}: ${words}`,
      full: `${error.syscall}${link}: ${error.syscall}: ${words}`,
      code: code === 'ECONNRESET' ? 1220 : code === 'EPIPE' ? 1201 : 1200,
    }
  }
  // The peer has closed the connection: Node has no error of the system for it.
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') return eof(where.headers)
  return { text: String(error.message), full: String(error.message), code: 1000 }
}

function eof(headers: boolean): GoError {
  const text = headers ? 'unexpected EOF' : 'EOF'
  return { text, full: text, code: 1000 }
}

function dialError(error: SystemError, code: string): GoError {
  const words = WORDS[code] ?? error.message
  const address = String(error.address ?? '')
  const at = address.includes(':') ? `[${address}]` : address
  return {
    text: code === 'ETIMEDOUT' ? 'dial: i/o timeout' : `dial: ${words}`,
    full: `dial tcp ${at}:${error.port}: connect: ${words}`,
    code: code === 'ECONNREFUSED' ? 1212 : code === 'ETIMEDOUT' ? 1211 : 1210,
  }
}

/** How Go begins an error of a request: `Get "http://…":`. */
export const verbOf = ({ method, url }: Request) =>
  `${method.charAt(0)}${method.slice(1).toLowerCase()} "${url}":`

/** What k6 says when its own deadline passed. */
export const TIMEOUT: GoError = { text: 'request timeout', full: 'request timeout', code: 1050 }
