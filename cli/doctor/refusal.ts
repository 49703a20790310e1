import { isRedirect } from '#node'
import { type Finding, memoryAdvice } from './finding.ts'
import { type Exchange, told } from './request.ts'

/** A server that sends elsewhere. */
export function redirected({ url, status, headers }: Exchange): Finding {
  return {
    check: 'redirect',
    level: 'fail',
    found: `${url} sends elsewhere (HTTP ${status}: ${headers.location ?? '?'})`,
    means:
      'k6-llm does not follow, so every request would fail as "http_3xx"; k6/x/sse follows by ' +
      'itself: a 301 or 302 by GET and without the body, a 307 or 308 inside every TTFT',
    todo: 'use the address that it sends to',
  }
}

/** What a status other than 200 means. */
export function refusal(seen: Exchange, path: string): Finding {
  const { status = 0 } = seen
  if (isRedirect(seen)) return redirected(seen)
  const text = told(seen)
  const found = `POST ${path} was answered by HTTP ${status}: ${text}`
  if (status === 401 || status === 403) {
    return {
      check: 'auth',
      level: 'fail',
      found,
      means: 'every request would fail as "http_4xx"',
      todo: 'give a token: --token or API_TOKEN; the gateway: TEST_EMAIL and TEST_PASSWORD',
    }
  }
  if (status === 404 || status === 405) {
    return {
      check: 'path',
      level: 'fail',
      found,
      means: 'every request would fail as "http_4xx"',
      todo: 'is the model known there (--model), and is this the API of the server (--api)?',
    }
  }
  if (status === 429) {
    const after = seen.headers['retry-after']
    return {
      check: 'rate-limit',
      level: 'fail',
      found: `${found}${after ? ` (Retry-After: ${after})` : ''}`,
      means: 'a load would be refused as "http_429": the test would measure the limiter',
      todo: 'lift the limit for the test, or stay under it: a constant-arrival-rate below it',
    }
  }
  if (status >= 500) {
    return {
      check: 'server-error',
      level: 'fail',
      found,
      means: 'with a single user already; under load it will be worse',
      todo: 'look at the log of the server; 502 and 504 are of a proxy that lost the server behind it',
      ...memoryAdvice(text),
    }
  }
  return {
    check: 'request',
    level: 'fail',
    found,
    means: 'every such request would fail as "http_4xx"',
    todo: 'the message says what the server does not take; another wire: --api',
  }
}

export function rateLimits({ headers }: Exchange): Finding | undefined {
  const named = Object.keys(headers).filter((name) => /^(x-|anthropic-)?ratelimit-/.test(name))
  if (named.length === 0) return undefined
  return {
    check: 'rate-limit',
    level: 'warn',
    found: `it has rate limits: ${named.map((name) => `${name} ${headers[name]}`).join(', ')}`,
    means: 'a load over them is refused (http_429), and the test would measure the limiter',
    todo: 'stay under them, or have them lifted for the test',
  }
}
