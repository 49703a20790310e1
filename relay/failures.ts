import type { ErrorKind } from '#node'

/** How an exchange broke, in the words of who found it. */
export interface Failure {
  kind: ErrorKind
  message: string
}

/** What is known of the exchange when it breaks. */
export interface FailureMoment {
  /** The connection stood: it was opened, or an open one served. */
  connected: boolean
  /** Headers of an answer came. */
  answered: boolean
  /** The connection had served before, and nothing of an answer came. */
  stale: boolean
}

/** Fields that errors of Node, OpenSSL and undici have. */
interface SystemError {
  code?: unknown
  syscall?: unknown
  message: string
}

const UNREACHABLE = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)$/
const TIMED_OUT = /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/
const CLOSED =
  /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/
/** OpenSSL's own, and the reasons for which a certificate is not trusted. */
const TLS =
  /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_OSSL_)/

/** The server is who it says, and nobody who is trusted here vouches for it. */
const UNTRUSTED = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

/** The kind of what went wrong on the way to the server: the same as k6's own HTTP would have. */
export function describeFailure(error: unknown, moment: FailureMoment): Failure {
  const { code, syscall, message } = readError(error)
  if (syscall === 'getaddrinfo' || /^(ENOTFOUND|EAI_)/.test(code)) return { kind: 'dns', message }
  // k6 has its own refusals among those of DNS (1110, 1111).
  if (code === 'K6_BLOCKED') return { kind: 'dns', message }
  if (UNTRUSTED.test(code)) {
    return { kind: 'tls', message: `${message} (k6-llm relay --ca FILE trusts another authority)` }
  }
  if (TLS.test(code)) return { kind: 'tls', message }
  if (/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code) || /Content-Encoding/.test(message)) {
    return { kind: 'decode', message }
  }
  if (TIMED_OUT.test(code)) return { kind: 'timeout', message }
  // The parser says so too of headers that contradict each other.
  const refused = code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && !moment.answered
  const bad = code === 'UND_ERR_SOCKET' && /^bad (response|upgrade)/.test(message)
  if (refused || bad) return { kind: 'decode', message }
  // The end of the connection, as the parser of HTTP sees it.
  if (code === 'HPE_INVALID_EOF_STATE' || CLOSED.test(code)) {
    if (moment.stale) {
      return { kind: 'stale', message: 'the server had closed the connection that was reused' }
    }
    return { kind: 'reset', message: code === 'UND_ERR_SOCKET' ? message : wordsOf(code, message) }
  }
  if (/^HTTPParserError|^HPE_|^UND_ERR_(HEADERS_OVERFLOW|INVALID_ARG|NOT_SUPPORTED)/.test(code)) {
    return { kind: 'decode', message }
  }
  if (UNREACHABLE.test(code) || !moment.connected) return { kind: 'connect', message }
  return { kind: 'reset', message }
}

function wordsOf(code: string, message: string): string {
  if (code === 'ECONNRESET') return `connection reset by peer (${message})`
  if (code.startsWith('E')) return message
  return 'unexpected EOF: the server closed the connection before the end of its answer'
}

function readError(error: unknown): { code: string; syscall: string; message: string } {
  if (!(error instanceof Error)) return { code: '', syscall: '', message: String(error) }
  const { code, syscall, message }: SystemError = error
  // Of several addresses that were tried, the first one's words.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return {
    code: String(code ?? (error.name === 'HTTPParserError' ? error.name : '')),
    syscall: String(syscall ?? ''),
    message: message || (inner instanceof Error ? inner.message : String(code ?? error.name)),
  }
}
