import { b64encode } from 'k6/encoding'
import { warnOnce, withoutSecrets } from '../core/env.ts'
import { misuse } from '../core/errors.ts'

/** Where a request goes. */
export interface Endpoint {
  /** Without user and password: k6 and its extensions write addresses into tags. */
  url: string
  /** User and password of the address, as `Authorization: Basic`. */
  headers: { [name: string]: string }
}

/** An address, taken apart. */
interface Parts {
  /** `http://host:8000` */
  origin: string
  /** All of its path, without a slash at the end. */
  path: string
  /** The path without an API's own at its end, `/v1/chat/completions`, `/v1`. */
  root: string
  /** The same, but with the version: `/v1`, `/api/paas/v4`. */
  base: string
  /** What of an API's own path is at the end: `/chat/completions`. */
  tail: string
  query: string
  headers: { [name: string]: string }
}

/** The paths of APIs whose version stands before them, and of those that have none. */
const VERSIONED = /\/(chat\/completions|completions|responses|messages)$/
const NATIVE = /\/(api\/chat|api\/generate|completion|generate_stream|generate)$/
const VERSION = /\/v\d+\w*(\/openai)?$/

/**
 * The address of a path on a server. People give what they have at hand, so the server's address
 * may end in `/v1` (or another version, as GLM's `/api/paas/v4`), be the whole address of the API
 * (Azure's deployments) and have a query (`api-version`).
 *
 * @param own path on the server, such as `/v1/models`
 */
export function endpoint(address: string, own: string): Endpoint {
  const parts = split(address)
  return { url: parts.origin + pathOf(parts, own) + parts.query, headers: parts.headers }
}

/**
 * The same for the requests of an API: refused where the address is another API's, and told in one
 * line where it is not simply the server's.
 *
 * @param own paths of the API, that of the request first
 * @param path the script's own, which goes below the address as it is
 */
export function apiEndpoint(address: string, api: string, own: string[], path?: string): Endpoint {
  const parts = split(address)
  const { origin, tail, headers } = parts
  const plain = origin + parts.path
  if (path !== undefined) return { url: plain + path + parts.query, headers }
  if (tail !== '' && own.map(tailOf).indexOf(tail) === -1) {
    misuse(
      `baseUrl: ${withoutSecrets(plain)} is the address of another API than ${api}, whose path is ` +
        `${own[0]}: pass ${origin}${parts.root}, or the api that it is of`,
    )
  }
  const url = origin + pathOf(parts, own[0] as string)
  if (url !== plain + own[0] || parts.query !== '') {
    const to = withoutSecrets(url + parts.query)
    warnOnce(`baseUrl ${withoutSecrets(plain + parts.query)}: requests go to ${to}`)
  }
  return { url: url + parts.query, headers }
}

function pathOf({ path, root, base, tail }: Parts, own: string): string {
  if (/^\/v1\//.test(own)) {
    const placed = base !== root || VERSIONED.test(tail)
    return placed ? base + own.slice(3) : root + own
  }
  if (path === root && /\/api$/.test(root) && /^\/api\//.test(own)) return root + own.slice(4)
  return root + own
}

function split(address: string): Parts {
  const [, scheme = '', user, host = '', whole = '', query = ''] =
    /^(https?:\/\/)(?:([^/?#]*)@)?([^/?#]+)([^?#]*)(\?[^#]*)?/.exec(address) || []
  const path = whole.replace(/\/+$/, '')
  const tail = tailOf(path)
  const base = path.slice(0, path.length - tail.length)
  const root = NATIVE.test(tail) ? base : base.replace(VERSION, '')
  const headers: Endpoint['headers'] = {}
  if (user !== undefined) headers.Authorization = basic(user)
  return { origin: scheme + host, path, root, base, tail, query, headers }
}

function tailOf(path: string): string {
  const found = VERSIONED.exec(path) || NATIVE.exec(path)
  return found ? found[0] : ''
}

function basic(user: string): string {
  let text = user
  try {
    text = decodeURIComponent(user)
  } catch (_notEncoded) {
    // A password with a bare %.
  }
  return `Basic ${b64encode(text.indexOf(':') === -1 ? `${text}:` : text)}`
}
