import { fastapiPaths } from '../../exchange/errors.ts'
import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
}

/** The error object inside vLLM's bodies and stream events; `code` is a number. */
export function vllmErrorFields(status: number, message: string, param: string | null = null) {
  return { message, type: TYPES[status] ?? 'InternalServerError', param, code: status }
}

/** vLLM since 0.11. */
export function vllmError(status: number, message: string, param: string | null = null) {
  return { error: vllmErrorFields(status, message, param) }
}

/** vLLM up to 0.10, flat. The guide's gateway stands in front of 0.5 and passes it on. */
export function flatVllmError(status: number, message: string, param: string | null = null) {
  return { object: 'error', ...vllmErrorFields(status, message, param) }
}

/** SGLang's answer when --max-queued-requests are waiting. */
export const queueFull = {
  object: 'error',
  message: 'The request queue is full.',
  type: 'SERVICE_UNAVAILABLE',
  param: null,
  code: 503,
}

export const vllmManners: Manners = {
  ...fastapiPaths,
  credentials: 'bearer',
  error: vllmError,
  // A text, not an object, and no code (AuthenticationMiddleware).
  unauthorized: () => ({ status: 401, body: { error: 'Unauthorized' } }),
  badJson: (reason) => ({ status: 400, body: vllmError(400, `JSON decode error: ${reason}`) }),
  badRequest: ({ message, param }) => ({ status: 400, body: vllmError(400, message, param) }),
  unknownModel: (model) => ({
    status: 404,
    body: vllmError(404, `The model \`${model}\` does not exist.`, 'model'),
  }),
  checkHeaders({ req }) {
    if (isJson(req.headers['content-type'])) return undefined
    const message = "Unsupported Media Type: Only 'application/json' is allowed"
    return { status: 400, body: vllmError(400, message) }
  },
  failed: { status: 500, body: vllmError(500, 'EngineCore encountered an issue.') },
  overloaded: { status: 503, body: vllmError(503, 'The request queue is full.') },
}

function isJson(type = '') {
  return type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
