import exec from 'k6/execution'
import http from 'k6/http'
import { now } from '../../core/clock.ts'
import { checkUrl, warnOnce } from '../../core/env.ts'
import { checkKeys } from '../../core/options.ts'
import type { Recording } from '../../stream/recording.ts'
import { failed } from './http.ts'
import {
  CONTROL_HEADER,
  FAILURES_PATH,
  PATH,
  PROTOCOL,
  type RelayControl,
  type RelayDocument,
  type RelayedOptions,
  TARGET_HEADER,
} from './relay-protocol.ts'
import type { Failure, HttpRequest, Transport } from './transport.ts'

/** k6 waits so much longer than the relay, whose answer has what came until then. */
const GRACE = 5000

/** What a VU keeps from request to request. */
interface Visitor {
  options: RelayedOptions | undefined
  /** The jar of what k6 sends to the relay itself, which sets none. */
  empty: http.CookieJar
  /** k6's `noVUConnectionReuse`: connections live for one iteration. */
  perIteration: boolean
}

/**
 * The transport that sees tokens arrive on every k6: the relay (`k6-llm relay`), which forwards
 * each request, notes when each piece of the answer came, and hands both over at the end.
 *
 * `LLM_RELAY` puts it in force without a line of code.
 *
 * @param options `url`: where the relay listens, like `http://127.0.0.1:9470`
 */
export function relayTransport(options: { url: string }): Transport {
  checkKeys('relayTransport', options, ['url'])
  const relay = checkUrl('relayTransport: url', options.url)
  let visitor: Visitor | undefined

  return {
    name: 'relay',
    streams: true,
    whole: true,
    failures(began) {
      try {
        const response = http.get(`${relay + FAILURES_PATH}?began=${Math.round(began)}`, {
          timeout: GRACE,
          responseType: 'text',
          redirects: 0,
        })
        const list = response.status === 200 ? response.json() : undefined
        return Array.isArray(list) ? (list as unknown as Failure[]) : undefined
      } catch (_gone) {
        return undefined
      }
    },
    idles: true,
    async send(request: HttpRequest): Promise<Recording> {
      if (visitor === undefined) visitor = makeVisitor()
      const { options, empty, perIteration } = visitor
      const vu = inScenario(() => exec.vu.idInTest) || 0
      const jar = http.cookieJar()
      const startedAt = now()
      const control: RelayControl = {
        v: PROTOCOL,
        method: request.method,
        headers: withCookies(request.headers, jar.cookiesForURL(request.url)),
        base: startedAt,
        timeout: request.timeout,
        idle: request.idle,
        abortAfter: request.abortAfter,
        session: String(vu),
        iteration: perIteration ? inScenario(() => exec.vu.iterationInInstance) : undefined,
        options,
        vu,
        scenario: inScenario(() => exec.scenario.name),
        tags: request.tags,
        note: request.note,
      }
      let broken: string
      try {
        const response = await http.asyncRequest(
          'POST',
          relay + PATH,
          request.body === undefined ? null : request.body,
          {
            headers: {
              [TARGET_HEADER]: encodeURIComponent(request.url),
              [CONTROL_HEADER]: toAscii(JSON.stringify(control)),
            },
            timeout: request.timeout + GRACE,
            tags: request.tags,
            responseType: 'text',
            redirects: 0,
            jar: empty,
          },
        )
        const document = response.status > 0 ? readDocument(response) : undefined
        if (document) {
          if (document.relay === undefined) {
            const message = (document.error as { message: string }).message
            return failed(startedAt, now(), 'relay', message)
          }
          ;(document.cookies || []).forEach((cookie) => {
            jar.set(request.url, cookie.name, cookie.value, cookie.attributes)
          })
          return toRecording(document, response.timings.duration)
        }
        broken = response.error || `HTTP ${response.status}, which is not its answer`
      } catch (error) {
        broken = String(error instanceof Error ? error.message : error) // k6's option `throw`
      }
      const message = `no answer of the relay at ${relay}: ${broken}; is the relay running (k6-llm relay)?`
      return failed(startedAt, now(), 'relay', message)
    },
  }
}

/** k6's parser is twice as fast as JSON.parse here, and keeps what is not looked at. */
function readDocument(response: { json(): unknown }): RelayDocument | undefined {
  try {
    const document = response.json() as RelayDocument | null
    return document && document.v === PROTOCOL ? document : undefined
  } catch (_notJson) {
    return undefined
  }
}

function toRecording(document: RelayDocument, duration: number): Recording {
  const { source, startedAt, headersAt, endedAt, status, headers, relay } = document
  const recording: Recording = {
    source,
    startedAt,
    endedAt,
    status,
    headers,
    relay: { overhead: duration - relay.total, delay: relay.delay, connect: relay.connect },
  }
  if (headersAt !== undefined) recording.headersAt = headersAt
  if (source === 'body') recording.body = document.body
  else if (document.outcome !== undefined) {
    recording.outcome = document.outcome
    recording.gaps = document.gaps
  } else {
    recording.at = document.at
    recording.data = document.data
    recording.event = document.event
    recording.raw = document.raw
    recording.rawAt = document.rawAt
    recording.unterminated = document.unterminated
  }
  if (document.error) recording.error = document.error
  return recording
}

function makeVisitor(): Visitor {
  const all = exec.test.options as { [name: string]: unknown } // half a millisecond each time
  const options: { [name: string]: unknown } = {}
  for (const name of HONOURED) if (all[name]) options[name] = all[name]
  const dns = all.dns as { ttl?: string | null; select?: string | null } | null
  const unlike = IGNORED.filter((name) => all[name])
  if (dns?.ttl || dns?.select === 'roundRobin') unlike.push('dns.ttl, dns.select: roundRobin')
  if (unlike.length > 0) {
    warnOnce(`the relay does not know k6's options ${unlike.join(', ')}: see k6-llm relay --help`)
  }
  if (dns && !dns.select && !(dns as { policy?: string }).policy) delete options.dns
  return {
    options: Object.keys(options).length > 0 ? (options as RelayedOptions) : undefined,
    empty: new http.CookieJar(),
    perIteration: all.noVUConnectionReuse === true,
  }
}

const HONOURED = [
  'hosts',
  'blockHostnames',
  'blacklistIPs',
  'insecureSkipTLSVerify',
  'noConnectionReuse',
  'dns',
]
const IGNORED = ['tlsAuth', 'tlsCipherSuites', 'tlsVersion', 'localIPs']

function withCookies(
  headers: { [name: string]: string },
  cookies: { [name: string]: string[] },
): { [name: string]: string } {
  const pairs = Object.keys(cookies).map((name) => `${name}=${(cookies[name] as string[])[0]}`)
  if (pairs.length === 0) return headers
  const own = Object.keys(headers).filter((name) => name.toLowerCase() === 'cookie')[0] || 'Cookie'
  const all = headers[own] ? [headers[own] as string].concat(pairs) : pairs
  return Object.assign({}, headers, { [own]: all.join('; ') })
}

/** `setup` and `teardown` have no scenario. */
function inScenario<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (_noScenario) {
    return undefined
  }
}

/** A header carries nothing else whole. */
function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${`000${unit.charCodeAt(0).toString(16)}`.slice(-4)}`
  })
}
