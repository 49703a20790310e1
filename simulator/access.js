/** @import { Exchange } from './exchange.js' */
/** @import { Manners, Route } from './wire.js' */
import { refuse } from './exchange.js'

/**
 * Answers a request without good credentials, each server in its own way.
 * @param {Exchange} exchange
 * @param {Manners} manners
 * @returns {boolean} whether it was refused
 */
export function refuseUnauthorized(exchange, manners) {
  const { options, req, services } = exchange
  const verdict = services.auth.check(req.headers, options, manners.credentials)
  if (verdict === 'good') return false
  refuse(exchange, manners.unauthorized(verdict))
  return true
}

/**
 * @param {Manners} manners
 * @param {Route['handle']} handle
 * @returns {Route['handle']}
 */
export function guarded(manners, handle) {
  return (exchange) => {
    if (!refuseUnauthorized(exchange, manners)) return handle(exchange)
  }
}
