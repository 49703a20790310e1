import { randomBytes } from 'node:crypto'
import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** What breaks a stream (streams/anthropic-error). */
export const overloaded = { type: 'overloaded_error', message: 'Overloaded' }

const error: Manners['error'] = (status, message) => ({
  type: 'error',
  error: { type: TYPES[status] ?? 'api_error', message },
  request_id: `req_${randomBytes(12).toString('hex')}`,
})

export const anthropicManners: Manners = {
  // The newest client (anthropic-sdk 1.0, API of 2026-10-21) sends a key as a Bearer token.
  credentials: 'either',
  error,
  unauthorized: (verdict) => ({
    status: 401,
    body: error(401, verdict === 'missing' ? 'x-api-key header is required' : 'invalid x-api-key'),
  }),
  badJson: (reason) => ({
    status: 400,
    body: error(400, `The request body is not valid JSON: ${reason}`),
  }),
  badRequest: ({ message }) => ({ status: 400, body: error(400, message) }),
  unknownModel: (model) => ({ status: 404, body: error(404, `model: ${model}`) }),
  notFound: () => ({ status: 404, body: error(404, 'Not Found') }),
  notAllowed: () => ({ status: 405, body: error(400, 'Method Not Allowed') }),
  checkHeaders({ req }) {
    if (req.headers['anthropic-version'] !== undefined) return undefined
    return { status: 400, body: error(400, 'anthropic-version: header is required') }
  },
  failed: { status: 500, body: error(500, 'Internal server error') },
  overloaded: { status: 529, body: error(529, 'Overloaded') },
}
