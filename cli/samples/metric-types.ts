import type { MetricType } from './sink.ts'

type Typed = { type: MetricType; contains: string }
export type MetricTable = {
  readonly [name: string]: { kind: 'counter' | 'rate' | 'trend' | 'time' }
}

const time = { type: 'trend', contains: 'time' } as Typed
const count = { type: 'counter', contains: 'default' } as Typed
const data = { type: 'counter', contains: 'data' } as Typed
const rate = { type: 'rate', contains: 'default' } as Typed
const gauge = { type: 'gauge', contains: 'default' } as Typed

/**
 * k6's own metrics (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/), those of its
 * WebSocket and gRPC modules and of k6/x/sse.
 */
const BUILT_IN: Record<string, Typed> = {
  checks: rate,
  data_received: data,
  data_sent: data,
  dropped_iterations: count,
  group_duration: time,
  grpc_req_duration: time,
  grpc_streams: count,
  grpc_streams_msgs_received: count,
  grpc_streams_msgs_sent: count,
  http_req_blocked: time,
  http_req_connecting: time,
  http_req_duration: time,
  http_req_failed: rate,
  http_req_receiving: time,
  http_req_sending: time,
  http_req_tls_handshaking: time,
  http_req_waiting: time,
  http_reqs: count,
  iteration_duration: time,
  iterations: count,
  sse_event: count,
  vus: gauge,
  vus_max: gauge,
  ws_connecting: time,
  ws_msgs_received: count,
  ws_msgs_sent: count,
  ws_ping: time,
  ws_session_duration: time,
  ws_sessions: count,
}

/**
 * What a metric is, by its name.
 *
 * @param table this library's own
 * @returns undefined: a script's own
 */
export function metricTypeOf(name: string, table: MetricTable): Typed | undefined {
  if (Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name]
  if (!Object.hasOwn(table, name)) return undefined
  switch (table[name]?.kind) {
    case 'time':
      return time
    case 'trend':
      return { type: 'trend', contains: 'default' }
    case 'rate':
      return rate
    default:
      return count
  }
}
