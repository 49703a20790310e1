import { DEFAULT_STALL_LIMIT } from '#node'
import { type Finding, memoryAdvice } from './finding.ts'
import type { Streamed } from './stream.ts'

const check = 'stream'

/**
 * How the streams of a server came to their end, by the worst of them.
 *
 * @param streams of the requests that were answered by 200
 */
export function howTheyEnded(streams: Streamed[]): Finding {
  const failed = streams.filter(({ outcome }) => outcome.error !== undefined)
  const whole = streams.filter(({ seen, outcome }) => !seen.error && !outcome.streamed)
  const cut = streams.filter(({ seen, outcome }) => seen.error || outcome.truncated)
  const broken = streams.filter(({ outcome }) => outcome.undecodable !== undefined)
  const stalled = streams.filter(({ result }) => (result.stream.stalls ?? 0) > 0)
  const of = (some: Streamed[]) => `${some.length} of ${streams.length} streams`
  if (failed[0]) return aboutError(of(failed), failed[0])
  if (whole[0]) return aboutWhole(of(whole), whole[0])
  if (cut[0]) return aboutCut(of(cut), cut[0])
  if (broken[0]) {
    return {
      check,
      level: 'fail',
      found: `${of(broken)} have events that are no JSON: ${broken[0].outcome.undecodable?.slice(0, 80)}`,
      means: 'such a request counts as failed (decode)',
      todo: 'is this the wire of the server (--api)? Does a proxy change the body?',
    }
  }
  if (stalled.length > 0) {
    return {
      check,
      level: 'warn',
      found: `${of(stalled)} stood still for more than ${DEFAULT_STALL_LIMIT / 1000} s between two tokens`,
      means: 'with one user already: under load it will be worse (llm_stalls, llm_gap_max)',
      todo: 'is the server busy with something else, or short of memory?',
    }
  }
  return aboutType(of(streams), streams[0]?.seen.headers['content-type'] ?? 'none')
}

function aboutError(which: string, { outcome }: Streamed): Finding {
  const told = outcome.error?.message ?? ''
  return {
    check,
    level: 'fail',
    found: `${which} ended in an error after HTTP 200: ${told}`,
    means: 'such a request counts as failed (stream_error), though its status is 200',
    todo: 'look at the log of the server at that time',
    ...memoryAdvice(told),
  }
}

function aboutWhole(which: string, { seen }: Streamed): Finding {
  const type = seen.headers['content-type'] ?? 'no content type'
  return {
    check,
    level: 'fail',
    found: `stream: true was not heeded: ${which} came as something else (${type}${seen.body === '' ? ', empty' : ''})`,
    means: 'TTFT cannot be measured; with k6/x/sse such a request fails as "decode"',
    todo: 'is this the right path and API (--api)? A gateway in between may not stream',
  }
}

function aboutCut(which: string, { seen }: Streamed): Finding {
  return {
    check,
    level: 'fail',
    found: `${which} broke off without a sign of the end${seen.error ? ` (${seen.error.message})` : ''}`,
    means: 'such a request counts as failed (truncated, reset or timeout)',
    todo:
      'look at the log of the server, and at the time limits of proxies (nginx: ' +
      'proxy_read_timeout); a longer limit here: --timeout 120s',
  }
}

function aboutType(which: string, type: string): Finding {
  if (/event-stream|ndjson|jsonl/.test(type)) {
    return { check, level: 'ok', found: `${which} came to their end` }
  }
  return {
    check,
    level: 'note',
    found: `${which} came to their end, with content type ${type}`,
    means: 'k6-llm reads the body and does not trust its type; other tools may refuse it',
  }
}
