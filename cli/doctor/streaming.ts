import type { Finding } from './finding.ts'
import { memoryAdvice } from './finding.ts'
import type { Exchange } from './request.ts'
import type { Streamed } from './stream.ts'

/** Gaps over this are stalls, as in the library. */
const STALL = 2000
/** What the reference tests ask for at most. */
const LONG_ANSWER = 500
/** k6/http's own, s. */
const K6_TIMEOUT = 60

/**
 * What streams of a server were like.
 *
 * @param streams of the requests that were answered by 200
 */
export function lookAtStreams(streams: { seen: Exchange; stream: Streamed }[]): Finding[] {
  const [sample] = streams
  if (!sample) return []
  const { seen } = sample
  const real = streams.filter(({ stream }) => stream.generated > 0).map(({ stream }) => stream)
  const findings: Finding[] = [kind(streams)]
  if (real.length > 0) {
    findings.push(headers(streams), buffering(streams))
    const complete = streams.filter(({ stream }) => stream.ended)
    if (complete.length > 0) findings.push(usage(complete))
    const long = longAnswers(real)
    if (long) findings.push(long)
  }
  const compressed = seen.headers['content-encoding']
  if (compressed) {
    findings.push({
      check: 'compression',
      level: 'warn',
      found: `streams come compressed (content-encoding: ${compressed})`,
      means: 'a compressor holds bytes back to pack them better, and with them tokens',
      todo: 'leave text/event-stream out of compression (nginx: gzip off in that location)',
    })
  } else {
    findings.push({ check: 'compression', level: 'ok', found: 'streams are not compressed' })
  }
  const between = ['via', 'x-cache', 'cf-ray', 'x-envoy-upstream-service-time', 'x-amzn-trace-id']
    .filter((name) => seen.headers[name] !== undefined)
    .map((name) => `${name}: ${seen.headers[name]}`)
  if (between.length > 0) {
    findings.push({
      check: 'proxy',
      level: 'note',
      found: `something is between here and the server (${between.join(', ')})`,
      means: 'its time is in every figure',
      todo: 'test the server directly as well, to tell the two apart',
    })
  }
  return findings
}

function kind(streams: { seen: Exchange; stream: Streamed }[]): Finding {
  const check = 'stream'
  const failed = streams.filter(({ stream }) => stream.error !== undefined)
  const whole = streams.filter(({ stream }) => !stream.stream)
  const cut = streams.filter(({ stream, seen }) => stream.stream && (!stream.ended || seen.error))
  const broken = streams.filter(({ stream }) => stream.broken > 0)
  const stalled = streams.filter(({ stream }) => stream.longestGap > STALL)
  const of = (some: unknown[]) => `${some.length} of ${streams.length} streams`
  if (failed[0]) {
    const told = failed[0].stream.error ?? ''
    return {
      check,
      level: 'fail',
      found: `${of(failed)} ended in an error after HTTP 200: ${told}`,
      means: 'such a request counts as failed (stream_error), though its status is 200',
      todo: 'look at the log of the server at that time',
      ...memoryAdvice(told),
    }
  }
  if (whole.length > 0) {
    const type = whole[0]?.seen.headers['content-type'] ?? 'no content type'
    return {
      check,
      level: 'fail',
      found: `stream: true was not heeded: ${of(whole)} came as something else (${type}${whole[0]?.seen.body === '' ? ', empty' : ''})`,
      means: 'TTFT cannot be measured; with k6/x/sse such a request fails as "decode"',
      todo: 'is this the right path and API (--api)? A gateway in between may not stream',
    }
  }
  if (cut.length > 0) {
    return {
      check,
      level: 'fail',
      found: `${of(cut)} broke off without a sign of the end${cut[0]?.seen.error ? ` (${cut[0].seen.error.message})` : ''}`,
      means: 'such a request counts as failed (truncated, reset or timeout)',
      todo:
        'look at the log of the server, and at the time limits of proxies (nginx: ' +
        'proxy_read_timeout); a longer limit here: --timeout 120s',
    }
  }
  if (broken.length > 0) {
    return {
      check,
      level: 'fail',
      found: `${of(broken)} have events that are no JSON`,
      means: 'such a request counts as failed (decode)',
      todo: 'is this the wire of the server (--api)? Does a proxy change the body?',
    }
  }
  if (stalled.length > 0) {
    return {
      check,
      level: 'warn',
      found: `${of(stalled)} stood still for more than ${STALL / 1000} s between two tokens`,
      means: 'with one user already: under load it will be worse (llm_stalls, llm_gap_max)',
      todo: 'is the server busy with something else, or short of memory?',
    }
  }
  const type = streams[0]?.seen.headers['content-type'] ?? 'none'
  const plain = !/event-stream|ndjson|jsonl/.test(type)
  return {
    check,
    level: plain ? 'note' : 'ok',
    found: `${streams.length} of ${streams.length} streams came to their end${plain ? `, with content type ${type}` : ''}`,
    ...(plain && {
      means: 'k6-llm reads the body and does not trust its type; other tools may refuse it',
    }),
  }
}

function headers(streams: { seen: Exchange; stream: Streamed }[]): Finding {
  const spans = streams
    .filter(({ seen, stream }) => seen.at.headers !== undefined && stream.firstToken !== undefined)
    .map(({ seen, stream }) => (stream.firstToken ?? 0) - (seen.at.headers ?? 0))
    .sort((a, b) => a - b)
  const span = spans[Math.floor(spans.length / 2)] ?? 0
  if (span > 5) {
    return {
      check: 'headers',
      level: 'note',
      found: `response headers come ${Math.round(span)} ms before the first token`,
      means: 'TTFB (http_req_waiting, curl time_starttransfer) is not TTFT here',
      todo: 'trust llm_ttft only',
    }
  }
  return {
    check: 'headers',
    level: 'note',
    found: 'response headers come together with the first token',
    means: 'a failing request may show as a late error; TTFB is about TTFT here, not elsewhere',
  }
}

function buffering(streams: { seen: Exchange; stream: Streamed }[]): Finding {
  const check = 'buffering'
  const enough = streams.filter(({ stream }) => stream.generated >= 10)
  const held = enough.filter(({ stream }) => stream.buffered)
  if (held.length > 0) {
    return {
      check,
      level: 'fail',
      found: `all tokens of ${held.length} of ${enough.length} streams arrived at once, at the end`,
      means: "TTFT and token pace would be those of a proxy's buffer, not of the server",
      todo:
        'let it stream: nginx proxy_buffering off, or the header X-Accel-Buffering: no; a gateway ' +
        'must not await the whole body. Is the server itself slow? Ask it directly',
    }
  }
  if (enough.length === 0) {
    return {
      check,
      level: 'note',
      found: 'too few events to tell whether a proxy buffers (fewer than 10)',
      means: 'the server sends many tokens at a time, or stopped early',
      todo: 'ask for longer answers: --tokens 100',
    }
  }
  const ratio = median(enough.map(({ stream }) => stream.generated / Math.max(1, stream.arrivals)))
  if (ratio > 1.5) {
    return {
      check,
      level: 'warn',
      found: `about ${ratio.toPrecision(2)} tokens arrive together`,
      means: 'gaps between tokens are those of a buffer in part; TTFT and TPOT hold',
      todo: 'look for a proxy that collects bytes (nginx: proxy_buffering, tcp_nodelay on)',
    }
  }
  return { check, level: 'ok', found: 'tokens arrive one by one: nothing holds them back' }
}

function usage(streams: { stream: Streamed }[]): Finding {
  const told = streams.filter(({ stream }) => stream.tokens !== undefined)
  if (told.length === streams.length) {
    return { check: 'usage', level: 'ok', found: 'the server counts tokens in its streams' }
  }
  return {
    check: 'usage',
    level: 'warn',
    found: 'streams do not say how many tokens they have',
    means: 'TPOT, tokens/s and token goals are not measured: events are no tokens',
    todo:
      'stream_options.include_usage was asked for where the wire has it; a gateway in between may ' +
      'drop it',
  }
}

function longAnswers(streams: Streamed[]): Finding | undefined {
  const paces = streams
    .filter((one) => one.generated > 1 && !one.buffered)
    .map((one) => ((one.lastToken ?? 0) - (one.firstToken ?? 0)) / (one.generated - 1))
  if (paces.length === 0) return undefined
  const seconds = (median(paces) * LONG_ANSWER) / 1000
  if (seconds < K6_TIMEOUT / 2) return undefined
  return {
    check: 'timeouts',
    level: 'warn',
    found: `an answer of ${LONG_ANSWER} tokens would take ${Math.round(seconds)} s at this pace`,
    means: `k6/http itself gives up after ${K6_TIMEOUT} s; under load it takes longer`,
    todo: "k6-llm waits 300 s: createChatClient({ timeout: '600s' }) for more; or fewer max_tokens",
  }
}

function median(values: number[]) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
