/** @import { Exchange } from './exchange.js' */
/** @import { Fault } from './faults.js' */
import { detail, invalidBody, nginxPage, vllmError } from './errors.js'
import { sendBody, sendJson } from './exchange.js'
import { faultRow } from './faults.js'

/** @type {Record<number, string>} */
const MESSAGES = {
  401: 'Could not validate credentials',
  403: 'Not authenticated',
  404: 'The model `simulated-fault` does not exist.',
  422: 'Input should be a valid list',
  429: 'Too many requests',
  500: 'Internal server error',
  503: 'Service unavailable',
}

/**
 * Answers with the status of a fault, in the shape that this front uses for it.
 * @param {Exchange} exchange
 * @param {Fault} fault
 * @param {'gateway' | 'vllm'} front
 */
export function sendFaultStatus(exchange, fault, front) {
  const status = faultRow(fault.name).status ?? 500
  if (status === 502) {
    return sendBody(exchange, 502, 'text/html', nginxPage('502 Bad Gateway'))
  }
  if (status === 529) {
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    return sendJson(exchange, 529, { type: 'error', error })
  }
  const message = MESSAGES[status] ?? 'Error'
  sendJson(exchange, status, faultBody(status, message, front), faultHeaders(fault))
}

/**
 * @param {number} status
 * @param {string} message
 * @param {'gateway' | 'vllm'} front
 */
function faultBody(status, message, front) {
  if (front === 'vllm') {
    return status === 401 ? { error: 'Unauthorized' } : vllmError(status, message)
  }
  return status === 422
    ? invalidBody([{ type: 'list_type', loc: ['body', 'messages'], msg: message }])
    : detail(message)
}

/**
 * @param {Fault} fault
 * @returns {Record<string, string>}
 */
function faultHeaders({ name, args, word }) {
  if (name === '401') return { 'www-authenticate': 'Bearer' }
  if (name !== '429') return {}
  // RFC 9110 10.2.3: seconds, or a date; the date is two seconds ahead, as it has no fractions.
  const after = word === 'date' ? new Date(Date.now() + 2000).toUTCString() : String(args[0] ?? 1)
  return { 'retry-after': after }
}
