import type { Manners } from '../../exchange/wire.ts'

export const RUN_ERROR = 'an error was encountered while running the model'
/** OLLAMA_MAX_QUEUE; the two spaces are Ollama's own. */
export const BUSY = 'server busy, please try again.  maximum pending requests exceeded'

const TYPES: Record<number, string> = { 400: 'invalid_request_error', 404: 'not_found_error' }

const native: Manners['error'] = (_, message) => ({ error: message })

const openai: Manners['error'] = (status, message) => ({
  error: { message, type: TYPES[status] ?? 'api_error', param: null, code: null },
})

/** A text of its own here, an object on the paths of OpenAI (middleware/openai.go). */
export const nativeManners = mannersWith(native)
export const openaiManners = mannersWith(openai)

function mannersWith(error: Manners['error']): Manners {
  const refusal = (status: number, message: string) => ({ status, body: error(status, message) })
  return {
    credentials: 'bearer',
    error,
    unauthorized: () => refusal(401, 'unauthorized'),
    badJson: (reason) => refusal(400, reason),
    badRequest: ({ message, param, fault }) =>
      refusal(400, fault === 'missing' ? `${param} is required` : message),
    unknownModel: (model) => refusal(404, `model '${model}' not found`),
    // gin's own.
    notFound: () => ({ status: 404, body: '404 page not found', type: 'text/plain' }),
    notAllowed: () => ({ status: 405, body: '405 method not allowed', type: 'text/plain' }),
    failed: refusal(500, RUN_ERROR),
    overloaded: refusal(503, BUSY),
  }
}
