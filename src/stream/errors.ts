/**
 * Why a request can fail. `aborted` was the script's own wish and is not a failure; `abandoned` is
 * one: the user left, since nothing came in time (option `patience`). `too_large`: more than the
 * transport keeps; `stale`: the server had closed the connection that was used again; `relay`: the
 * relay is not there or refuses.
 */
export const ERROR_KINDS = [
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'http_3xx',
  'http_4xx',
  'http_429',
  'http_5xx',
  'stream_error',
  'truncated',
  'decode',
  'too_large',
  'stale',
  'relay',
  'abandoned',
  'aborted',
] as const

export type ErrorKind = (typeof ERROR_KINDS)[number]

/** The kind of an HTTP status that is no success. */
export function statusKind(status: number): ErrorKind {
  if (status === 429) return 'http_429'
  if (status >= 500) return 'http_5xx'
  return status >= 400 ? 'http_4xx' : 'http_3xx'
}

/**
 * The kind of a transport failure, from Go's words for it. k6 passes them on unchanged, both in
 * `k6/http`'s `error` and in what `k6/x/sse` reports.
 */
export function classifyTransport(message: string): ErrorKind {
  if (/no such host|lookup .* on |server misbehaving|dns/i.test(message)) return 'dns'
  if (/x509|tls:|certificate|handshake failure/i.test(message)) return 'tls'
  if (/timeout|deadline exceeded/i.test(message)) return 'timeout'
  if (/refused|no route|unreachable|dial/i.test(message)) return 'connect'
  if (/gzip|zlib|decompress|flate|invalid header/i.test(message)) return 'decode'
  return 'reset'
}
