import { sse } from '../../exchange/framing.ts'
import type { Manners } from '../../exchange/wire.ts'

const TYPES: Record<number, string> = {
  422: 'validation',
  424: 'generation',
  429: 'overloaded',
  500: 'incomplete_generation',
  503: 'unhealthy',
}

const error: Manners['error'] = (status, message) => ({
  error: message,
  error_type: TYPES[status] ?? 'validation',
})

/** What breaks a generation, for its status and for its event. */
export const GENERATION_ERROR = 'Request failed during generation: CUDA out of memory'
export const OVERLOADED = 'Model is overloaded'

/**
 * An error while streaming, which TGI always sends with HTTP 200: router/src/server.rs does all its
 * work, validation included, inside the stream.
 */
export function nativeEvent(message: string, type: string) {
  return `data:${JSON.stringify({ error: message, error_type: type })}\n\n`
}

/** The same of a chat: the code inside is always 422 (streams/tgi-chat-error). */
export function chatEvent(message: string) {
  return sse({ error: { message, http_status_code: 422 } })
}

/** @param stream body of a refusal while streaming */
export function tgiManners(stream: (message: string) => string): Manners {
  return {
    credentials: 'bearer',
    error,
    // No body: the middleware gives a bare status.
    unauthorized: () => ({ status: 401, body: '', type: '' }),
    badJson: (reason) => textual(400, `Failed to parse the request body as JSON: ${reason}`),
    badRequest({ message, param, fault }, streams) {
      if (fault === 'missing' || param === null) {
        const why = fault === 'missing' ? `missing field \`${param}\`` : message
        return textual(422, `Failed to deserialize the JSON body into the target type: ${why}`)
      }
      const reason = `Input validation error: ${message}`
      if (!streams) return { status: 422, body: error(422, reason) }
      return { status: 200, body: stream(reason), type: 'text/event-stream' }
    },
    // Never used: one model in a process, whatever the name.
    unknownModel: (model) => ({ status: 404, body: error(404, `model ${model} not found`) }),
    notFound: () => ({ status: 404, body: '', type: '' }),
    notAllowed: () => ({ status: 405, body: '', type: '' }),
    failed: { status: 424, body: error(424, GENERATION_ERROR) },
    overloaded: { status: 429, body: error(429, OVERLOADED) },
  }
}

function textual(status: number, body: string) {
  return { status, body, type: 'text/plain; charset=utf-8' }
}
