import { type Exchange, refuse } from './exchange.ts'
import type { Manners, Route } from './wire.ts'

/**
 * Answers a request without good credentials, each server in its own way.
 *
 * @returns whether it was refused
 */
export function refuseUnauthorized(exchange: Exchange, manners: Manners): boolean {
  const { options, req, services } = exchange
  const verdict = services.auth.check(req.headers, options, manners.credentials)
  if (verdict === 'good') return false
  refuse(exchange, manners.unauthorized(verdict))
  return true
}

export function guarded(manners: Manners, handle: Route['handle']): Route['handle'] {
  return (exchange) => {
    if (!refuseUnauthorized(exchange, manners)) return handle(exchange)
  }
}
