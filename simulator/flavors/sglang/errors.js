/** @import { Manners } from '../../wire.js' */
import { fastapiPaths } from '../../errors.js'

/** @type {Record<number, string>} */
const TYPES = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  500: 'InternalServerError',
  503: 'SERVICE_UNAVAILABLE',
}

/**
 * Flat, where vLLM's are nested (entrypoints/openai/serving_base.py).
 * @param {number} code
 * @param {string} message
 * @param {string} type
 * @param {string | null} [param]
 */
export function errorFields(code, message, type, param = null) {
  return { object: 'error', message, type, param, code }
}

/** What comes when --max-queued-requests are waiting. */
export const queueFull = errorFields(503, 'The request queue is full.', 'SERVICE_UNAVAILABLE')

/** @type {Manners['error']} */
const error = (status, message, param) =>
  errorFields(status, message, TYPES[status] ?? 'BadRequestError', param)

/** @type {Manners} */
export const sglangManners = {
  ...fastapiPaths,
  credentials: 'bearer',
  error,
  unauthorized: () => ({ status: 401, body: { error: 'Unauthorized' } }),
  badJson: (reason) => ({ status: 400, body: error(400, `JSON decode error: ${reason}`) }),
  badRequest: ({ message, param }) => ({ status: 400, body: error(400, message, param) }),
  // Never used: it answers to any name.
  unknownModel: (model) => ({ status: 404, body: error(404, `The model ${model} does not exist`) }),
  failed: { status: 500, body: error(500, 'Internal server error') },
  overloaded: { status: 503, body: queueFull },
}
