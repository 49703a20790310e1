import { nginxPage } from '../exchange/errors.ts'
import { type Exchange, refuse, sendBody, sendJson } from '../exchange/exchange.ts'
import type { Manners } from '../exchange/wire.ts'
import { type Fault, faultRow } from '../options/faults.ts'

const MESSAGES: Record<number, string> = {
  403: 'Not authenticated',
  404: 'The model `simulated-fault` does not exist.',
  422: 'Input should be a valid list',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
}

/** Answers with the status of a fault, in the shape that this server uses for it. */
export function sendFaultStatus(exchange: Exchange, fault: Fault, manners: Manners) {
  const status = faultRow(fault.name).status ?? 500
  if (status === 401) return refuse(exchange, manners.unauthorized('bad'))
  if (status === 502) {
    return sendBody(exchange, 502, 'text/html', nginxPage('502 Bad Gateway'))
  }
  if (status === 529) {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    return sendJson(exchange, 529, { type: 'error', error })
  }
  const body = manners.error(status, MESSAGES[status] ?? 'Error')
  sendJson(exchange, status, body, status === 429 ? limitHeaders(fault, manners) : {})
}

function limitHeaders({ args, word }: Fault, manners: Manners): Record<string, string> {
  // RFC 9110 10.2.3: seconds, or a date; the date is two seconds ahead, as it has no fractions.
  if (word === 'date') return { 'retry-after': new Date(Date.now() + 2000).toUTCString() }
  const seconds = args[0] ?? 1
  return { 'retry-after': String(seconds), ...manners.limitHeaders?.(seconds) }
}
