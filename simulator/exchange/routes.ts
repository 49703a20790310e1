import { refuseUnauthorized } from './access.ts'
import { type Exchange, refuse, sendBody } from './exchange.ts'
import type { Flavor, Route } from './wire.ts'

/** Finds the handler of a request and calls it, or answers 401, 404 or 405 as the server does. */
export async function answer(exchange: Exchange, { routes, manners, guards }: Flavor) {
  const { entry, req, url } = exchange
  const here = routes.filter(({ path }) => fits(path, url.pathname))
  const found = here.find(({ method }) => method === req.method)
  if (here[0]) entry.api = here[0].api
  if (found) return found.handle(exchange)
  // vLLM guards all of /v1 before it looks for a route.
  if (guards?.(url.pathname) && refuseUnauthorized(exchange, manners)) return
  const method = req.method ?? ''
  if (here.length === 0) return refuse(exchange, manners.notFound(method, url.pathname))
  const allow = here.map((one) => one.method).join(', ')
  const refusal = manners.notAllowed(method, url.pathname)
  refuse(exchange, { ...refusal, headers: { allow, ...refusal.headers } })
}

/** A path that ends in `/*` has a name there, which may have slashes. */
function fits(path: string, asked: string) {
  return path === asked || (path.endsWith('/*') && asked.startsWith(path.slice(0, -1)))
}

export function route(method: string, path: string, api: string, handle: Route['handle']): Route {
  return { method, path, api, handle }
}

export const metricsRoute = route('GET', '/metrics', 'server', async (exchange) => {
  const { metrics } = exchange.services
  sendBody(exchange, 200, metrics.contentType, await metrics.text())
})
