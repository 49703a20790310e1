// Stand-in for k6/http: a test gives the answers, the fake keeps the requests.
import { world } from './execution.ts'

export interface FakeResponse {
  status?: number
  body?: string | null
  headers?: Record<string, string>
  error?: string
  error_code?: number
  /** ms: what k6 would report, and what the virtual clock moves by. */
  timings?: Partial<
    Record<
      'blocked' | 'connecting' | 'tls_handshaking' | 'sending' | 'waiting' | 'receiving',
      number
    >
  >
}

export interface FakeRequest {
  method: string
  url: string
  body: string | null
  params: Record<string, unknown>
}

export const requests: FakeRequest[] = []
let answer: (request: FakeRequest) => FakeResponse = () => ({ status: 200, body: '' })

/** Sets what the server says. */
export function respond(next: (request: FakeRequest) => FakeResponse) {
  answer = next
}

/** What the server says now, to be put into another. */
export function respondOf() {
  return answer
}

function exchange(
  method: string,
  url: string,
  body: string | null,
  params: Record<string, unknown>,
) {
  const request = { method, url, body: body ?? null, params: params ?? {} }
  requests.push(request)
  const response = answer(request)
  const timings = {
    blocked: 0,
    connecting: 0,
    tls_handshaking: 0,
    sending: 0,
    waiting: 0,
    receiving: 0,
    ...response.timings,
  }
  world.time += Object.values(timings).reduce((sum, ms) => sum + ms, 0)
  return {
    status: 200,
    body: '',
    headers: {},
    error: '',
    error_code: 0,
    ...response,
    timings: { ...timings, duration: timings.sending + timings.waiting + timings.receiving },
  }
}

export default {
  request: exchange,
  async asyncRequest(
    method: string,
    url: string,
    body: string | null,
    params: Record<string, unknown>,
  ) {
    return exchange(method, url, body, params)
  },
}
