import type { MetricKind } from '../messages.ts'

/** k6's own metrics. */
export const BUILTIN: Record<string, [type: MetricKind['type'], contains: MetricKind['contains']]> =
  {
    vus: ['gauge', 'default'],
    vus_max: ['gauge', 'default'],
    iterations: ['counter', 'default'],
    iteration_duration: ['trend', 'time'],
    dropped_iterations: ['counter', 'default'],
    checks: ['rate', 'default'],
    group_duration: ['trend', 'time'],
    http_reqs: ['counter', 'default'],
    http_req_failed: ['rate', 'default'],
    http_req_duration: ['trend', 'time'],
    http_req_blocked: ['trend', 'time'],
    http_req_connecting: ['trend', 'time'],
    http_req_tls_handshaking: ['trend', 'time'],
    http_req_sending: ['trend', 'time'],
    http_req_waiting: ['trend', 'time'],
    http_req_receiving: ['trend', 'time'],
    data_sent: ['counter', 'data'],
    data_received: ['counter', 'data'],
    sse_event: ['counter', 'default'],
  }
