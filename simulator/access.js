/** @import { Exchange } from './exchange.js' */
import { detail } from './errors.js'
import { sendJson } from './exchange.js'

/**
 * Answers a request without good credentials, each server in its own way.
 * @param {Exchange} exchange
 * @param {'gateway' | 'vllm'} front
 * @returns {boolean} whether it was refused
 */
export function refuseUnauthorized(exchange, front) {
  const { options, req, services } = exchange
  const verdict = services.auth.check(req.headers.authorization, options)
  if (verdict === 'good') return false
  if (front === 'vllm') {
    sendJson(exchange, 401, { error: 'Unauthorized' })
  } else if (verdict === 'missing') {
    sendJson(exchange, 403, detail('Not authenticated'))
  } else {
    const headers = { 'www-authenticate': 'Bearer' }
    sendJson(exchange, 401, detail('Could not validate credentials'), headers)
  }
  return true
}
