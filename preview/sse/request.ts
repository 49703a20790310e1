import { toBytes } from '../bytes.ts'
import type { SseCall } from '../calls.ts'
import { GoError, missing } from '../errors.ts'
import { canonical } from '../headers.ts'
import type { Tags } from '../messages.ts'
import { fieldsOf } from '../script-values.ts'
import { readTags, tagged } from '../vu/samples.ts'
import { options } from '../vu/state.ts'

/** From the arguments of `sse.open` to a call of the I/O thread. */
export function prepareStream(url: unknown, params: unknown): { call: SseCall; tags: Tags } {
  const headers: Record<string, string> = {
    'User-Agent': String(options().userAgent ?? 'k6-llm-preview'),
  }
  let method = 'GET'
  let body: Uint8Array | undefined
  let timeout = 0
  let own: Tags | undefined
  const given = fieldsOf(params)
  // One key after the other, as the extension does: a script may read from the first complaint
  // which options it knows.
  for (const key of Object.keys(given)) {
    const value = given[key]
    if (value === null || value === undefined) continue
    if (key === 'timeout') timeout = goDuration(String(value))
    else if (key === 'method') method = String(value).trim()
    else if (key === 'body') body = toBytes(typeof value === 'string' ? value.trim() : value)
    else if (key === 'tags') own = readTags(value)
    else if (key === 'jar') missing('the cookie jar of k6/x/sse')
    else if (key === 'headers') {
      for (const [name, text] of Object.entries(fieldsOf(value))) {
        if (text !== null && text !== undefined) headers[canonical(name)] = String(text)
      }
    }
  }
  headers.Accept ??= 'text/event-stream'
  headers['Accept-Encoding'] ??= 'gzip'
  return {
    call: {
      kind: 'sse',
      url: String(url),
      method,
      headers,
      body: body === undefined ? undefined : new Uint8Array(body),
      timeout,
      insecure: options().insecureSkipTLSVerify === true,
    },
    tags: tagged({ ...own, url: String(url) }),
  }
}

/** Of Go's durations, in ms. */
const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * Go's durations must have a unit.
 *
 * @returns ms
 */
function goDuration(text: string): number {
  const complain = (what: string) => {
    throw new GoError(`invalid sse.open() timeout: time: ${what} "${text}"`)
  }
  if (text !== '0' && /^[-+]?\d*\.?\d+$/.test(text)) complain('missing unit in duration')
  if (text !== '0' && !/^[-+]?(\d*\.?\d+(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    complain('invalid duration')
  }
  let total = 0
  for (const [, number, unit] of text.matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * (UNITS[String(unit)] ?? 0)
  }
  return text.startsWith('-') ? -total : total
}
