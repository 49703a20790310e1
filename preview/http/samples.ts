// The metrics of a request, as k6 has them.
import type { Hop } from '../calls.ts'
import type { Tags } from '../messages.ts'
import { emit } from '../vu/samples.ts'
import { state } from '../vu/state.ts'
import type { Prepared } from './request.ts'

/** @param hops the answers of one request, redirects first */
export function record(hops: Hop[], prepared: Prepared) {
  for (const hop of hops) {
    state.bytesSent += hop.bytesSent
    state.bytesReceived += hop.bytesReceived
    if (hop.invalid) continue // never sent: k6 counts it as no request
    const { expected } = prepared
    const url = withoutUser(hop.url)
    const tags: Tags = {
      ...prepared.tags,
      method: hop.method,
      status: String(hop.status),
      url,
    }
    tags.name = prepared.tags.name ?? url
    if (hop.proto !== '') tags.proto = hop.proto
    if (hop.tlsVersion !== '') tags.tls_version = hop.tlsVersion
    if (hop.error !== '') tags.error = hop.error
    if (hop.errorCode !== 0) tags.error_code = String(hop.errorCode)
    const ok = expected === null ? undefined : expected(hop.status)
    if (ok !== undefined) tags.expected_response = String(ok)
    const { timings, at } = hop
    emit('http_reqs', 1, tags, at)
    emit('http_req_duration', timings.duration, tags, at)
    emit('http_req_blocked', timings.blocked, tags, at)
    emit('http_req_connecting', timings.connecting, tags, at)
    emit('http_req_tls_handshaking', timings.tls_handshaking, tags, at)
    emit('http_req_sending', timings.sending, tags, at)
    emit('http_req_waiting', timings.waiting, tags, at)
    emit('http_req_receiving', timings.receiving, tags, at)
    if (ok !== undefined) emit('http_req_failed', ok ? 0 : 1, tags, at)
  }
}

const withoutUser = (url: string) => url.replace(/^(https?:\/\/)[^/?#@]*@/, '$1****@')
