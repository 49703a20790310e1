import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  500: 'server_error',
  501: 'not_supported_error',
  503: 'unavailable_error',
}

function fields(code: number, message: string) {
  return { code, message, type: TYPES[code] ?? 'invalid_request_error' }
}

/** streams/llamacpp-midstream-error */
export const computeError = fields(500, 'Compute error.')

export const error: Manners['error'] = (status, message) => ({ error: fields(status, message) })

export const llamacppManners: Manners = {
  credentials: 'either',
  error,
  unauthorized: () => ({ status: 401, body: error(401, 'Invalid API Key') }),
  // Broken JSON is an exception like any other there, so a 500 (tools/server/server-http.cpp).
  badJson: (reason) => ({ status: 500, body: error(500, `parse error: ${reason}`) }),
  badRequest: ({ message }) => ({ status: 400, body: error(400, message) }),
  // Never used: a server of one model answers to any name.
  unknownModel: (model) => ({ status: 404, body: error(404, `model '${model}' not found`) }),
  notFound: () => ({ status: 404, body: error(404, 'File Not Found') }),
  // Its HTTP library knows paths by method: another method is another path.
  notAllowed: () => ({ status: 404, body: error(404, 'File Not Found') }),
  failed: { status: 500, body: { error: computeError } },
  overloaded: { status: 503, body: error(503, 'Loading model') },
}
