import { METRICS } from '#node'
import type { MetricType } from './sink.ts'

export interface Typed {
  type: MetricType
  /** `time`, `data` or `default` */
  contains: string
}

const time: Typed = { type: 'trend', contains: 'time' }
const trend: Typed = { type: 'trend', contains: 'default' }
const count: Typed = { type: 'counter', contains: 'default' }
const data: Typed = { type: 'counter', contains: 'data' }
const rate: Typed = { type: 'rate', contains: 'default' }
const gauge: Typed = { type: 'gauge', contains: 'default' }

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

const BY_KIND = { time, trend, rate, counter: count }

/** Those of this library. */
const OURS = new Map(Object.entries(METRICS).map(([name, { kind }]) => [name, BY_KIND[kind]]))

/**
 * What a metric is, by its name.
 *
 * @returns undefined: a script's own
 */
export function metricTypeOf(name: string): Typed | undefined {
  return Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : OURS.get(name)
}
