import { percentile } from '#node'
import type { Finding } from './finding.ts'
import type { Streamed } from './stream.ts'
import { howTheyEnded } from './stream-end.ts'

/** What the reference tests ask for at most. */
const LONG_ANSWER = 500
/** k6/http's own, s. */
const K6_TIMEOUT = 60

/**
 * What streams of a server were like.
 *
 * @param streams of the requests that were answered by 200
 */
export function lookAtStreams(streams: Streamed[]): Finding[] {
  const [sample] = streams
  if (!sample) return []
  const { seen } = sample
  const real = streams.filter(({ result }) => result.timing.ttft !== undefined)
  const findings: Finding[] = [howTheyEnded(streams)]
  if (real.length > 0) {
    findings.push(headers(real), buffering(streams))
    const complete = streams.filter(({ result }) => result.ok)
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

function headers(streams: Streamed[]): Finding {
  const span = median(
    streams.map(({ result: { timing } }) => (timing.ttft ?? 0) - (timing.ttfb ?? 0)),
  )
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

function buffering(streams: Streamed[]): Finding {
  const check = 'buffering'
  const enough = streams.filter(({ result }) => result.stream.buffered !== undefined)
  const held = enough.filter(({ result }) => result.stream.buffered)
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
  const ratio = median(
    enough.map(({ result, arrivals }) => result.stream.chunks / Math.max(1, arrivals)),
  )
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

function usage(streams: Streamed[]): Finding {
  const told = streams.filter(({ result }) => result.usage.completionTokens !== undefined)
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
  const paces = streams.filter(({ result }) => !result.stream.buffered).map(paceOf)
  const known = paces.filter((pace) => pace !== undefined)
  if (known.length === 0) return undefined
  const seconds = (median(known) * LONG_ANSWER) / 1000
  if (seconds < K6_TIMEOUT / 2) return undefined
  return {
    check: 'timeouts',
    level: 'warn',
    found: `an answer of ${LONG_ANSWER} tokens would take ${Math.round(seconds)} s at this pace`,
    means: `k6/http itself gives up after ${K6_TIMEOUT} s; under load it takes longer`,
    todo: "k6-llm waits 300 s: createChatClient({ timeout: '600s' }) for more; or fewer max_tokens",
  }
}

/** ms of each token; without usage of each event, which stands for one then. */
function paceOf({ result: { timing } }: Streamed): number | undefined {
  if (timing.tpot !== undefined) return timing.tpot
  const gaps = timing.gaps ?? []
  return gaps.length === 0 ? undefined : gaps.reduce((all, gap) => all + gap, 0) / gaps.length
}

function median(values: number[]): number {
  return percentile(Float64Array.from(values).sort(), 0.5)
}
