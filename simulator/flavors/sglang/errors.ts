import { fastapiPaths } from '../../exchange/errors.ts'
import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  500: 'InternalServerError',
  503: 'SERVICE_UNAVAILABLE',
}

/** Flat, where vLLM's are nested (entrypoints/openai/serving_base.py). */
export function errorFields(
  code: number,
  message: string,
  type: string,
  param: string | null = null,
) {
  return { object: 'error', message, type, param, code }
}

/** What comes when --max-queued-requests are waiting. */
export const queueFull = errorFields(503, 'The request queue is full.', 'SERVICE_UNAVAILABLE')

const error: Manners['error'] = (status, message, param) =>
  errorFields(status, message, TYPES[status] ?? 'BadRequestError', param)

export const sglangManners: Manners = {
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
