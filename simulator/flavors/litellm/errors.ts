import { fastapiPaths } from '../../exchange/errors.ts'
import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'auth_error',
  429: 'throttling_error',
}

/**
 * The code is a text, and what is not there is the text "None" (proxy/common_request_processing.py).
 */
export const error: Manners['error'] = (status, message, param = null) => ({
  error: { message, type: TYPES[status] ?? 'None', param: param ?? 'None', code: String(status) },
})

export const UPSTREAM_ERROR = 'litellm.InternalServerError: InternalServerError: upstream failed'

export const litellmManners: Manners = {
  ...fastapiPaths,
  credentials: 'either',
  error,
  unauthorized: (verdict) => ({
    status: 401,
    body: error(
      401,
      verdict === 'missing'
        ? 'Authentication Error, No api key passed in.'
        : 'Authentication Error, Invalid proxy server token passed.',
    ),
  }),
  badJson: (reason) => ({ status: 400, body: error(400, `Invalid JSON payload: ${reason}`) }),
  badRequest: ({ message, param }) => ({ status: 400, body: error(400, message, param) }),
  // 400, not 404.
  unknownModel: (model) => ({
    status: 400,
    body: error(
      400,
      `/chat/completions: Invalid model name passed in model=${model}. ` +
        'Call `/v1/models` to view available models for your key.',
      'model',
    ),
  }),
  failed: { status: 500, body: error(500, UPSTREAM_ERROR) },
  overloaded: { status: 503, body: error(503, UPSTREAM_ERROR) },
}
