import type { LimitReason } from '../../../sla/limits.ts'
import type { Finding } from '../../findings.ts'
import type { ValidityReason } from '../../validity.ts'

/** What the streams were like: what was seen, and what helps. */
export const findings = {
  title: 'Findings',
  kinds: {
    buffered: {
      what:
        '{n} of {total} streams came all at once at their end: a proxy or gateway holds the ' +
        'answer back. TTFT and token pace are then not those of the model.',
      fix:
        'let it stream: nginx proxy_buffering off, or X-Accel-Buffering: no from the server; ' +
        'no gzip on the stream; a gateway must pass on chunks, not await the body.',
    },
    truncated: {
      what: '{n} of {total} streams ended without a finish reason: the answer is cut off.',
      fix: 'look for an error in the log of the server at that time, and for idle timeouts.',
    },
    stalls: {
      what: '{n} gaps between tokens were longer than stallLimit.',
      fix: 'look for preemption, swapping or a full batch on the server.',
    },
    coalesced: {
      what: '{ratio} tokens came with an event on average: gaps are between events, not tokens.',
      fix: 'compare token pace by TPOT, which counts tokens.',
    },
    dropped: {
      what:
        '{n} iterations were not started: no user was free in time, or maxDuration cut them off. ' +
        'The load was less than asked.',
      fix: 'raise preAllocatedVUs and maxVUs (or maxDuration), or ask for a lower rate.',
    },
    cut: {
      what:
        '{n} of {total} requests ({share}) were cut off before they ended, as a rule the slowest: ' +
        'they are in no time and in no share.',
      fix:
        'a gracefulStop (of ramping-vus a gracefulRampDown too) longer than answers take; the ' +
        'longest that came to its end took {longest}.',
    },
    underWay: {
      what:
        '{n} of {total} requests ({share}) were under way when the run was stopped: they are in no ' +
        'time and in no share.',
      fix: 'compare no figure of it with one of a whole run.',
    },
  } satisfies { readonly [K in Finding['kind']]: { what: string; fix: string } },
}

const RELAY_FIX =
  'fix: nothing else on this machine, k6-llm relay --workers 2 or more, or fewer users.'

/** The second line, by its reason, and what helps. */
export const validity = {
  /** What was watched and kept its limit. */
  watched: {
    lag: 'client lag p99 {value}, limit {limit}',
    relay: 'relay delay p99 {value}, limit {limit}',
  },
  reasons: {
    lag: 'client lag p99 {value}, limit {limit}',
    relay: 'the relay was the bottleneck: it noted tokens late, p99 {value}, limit {limit}',
    overhead: 'the relay was the bottleneck: the way through it took p99 {value}, limit {limit}',
    together:
      '{n} users began at once: headers or first tokens waited {value} at the median, limit {limit}, ' +
      'which is in TTFT and not the time of the model',
    gone: 'the relay was gone or refused: it failed {n} of {total} requests ({value}), limit {limit}',
    late: 'requests began late, p99 {value}, limit {limit}: the load was not the one asked for',
    dropped: '{n} of {total} iterations were dropped ({value}), limit {limit}',
    unfinished: '{n} of {total} iterations were cut off or never started ({value}), limit {limit}',
    cut: '{n} of {total} requests were cut off before they ended ({value}), limit under {limit}',
    underWay:
      '{n} of {total} requests were under way when the run was stopped ({value}), limit under {limit}',
    buffered:
      '{n} of {total} streams came all at once ({value}), limit {limit}: TTFT is not the ' +
      "server's",
    nothing: 'no request was sent',
    unwatched: 'validity not watched: add clientLagScenario',
    column: 'validity not known: summaryTrendStats has no p(99) for client lag or relay delay',
  } satisfies { readonly [K in ValidityReason['kind']]: string },
  fixes: {
    lag: 'fix: fewer users on this machine, a larger one, or nothing else beside k6 on it.',
    relay: RELAY_FIX,
    overhead: RELAY_FIX,
    together:
      'fix: leave START_SPREAD out or raise it, let users come in by a ramp, or use the relay.',
    gone: 'fix: see that the relay runs to the end and allows this address (k6-llm run starts it).',
    late: 'fix: a longer expectedDuration or more VUs, or a lower rate.',
    unfinished: 'fix: a longer gracefulStop or maxDuration, more users, or a lower rate.',
    cut: 'fix: a gracefulStop longer than answers take (see the findings).',
    nothing: 'fix: look for errors in the output of k6.',
  },
  certificate:
    'certificate of {date}, {way}: p99 error of TTFT and gaps under {limit} up to {streams} streams ' +
    'of {rate} tokens/s with spread starts, up to {together} that start at once',
  certifiedSpread:
    'certificate of {date}, {way}: p99 error of TTFT and gaps under {limit} up to {streams} streams ' +
    'of {rate} tokens/s with spread starts',
  uncertified: 'certificate of {date}, {way}: p99 error of TTFT and gaps over {limit} at any load',
}

/** Why a limit was not judged. None here: the record has them in English. */
export const reasons: { readonly [R in LimitReason]?: { why: string; fix: string } } = {}
