import { type Api, dialectOf } from '#node'

const PROMPT = 'Count from one to fifty in words.'

export interface ShortStream {
  api: Api
  model: string | undefined
  /** most to generate */
  tokens: number
}

/** A request for a short stream, written as the library writes those of a test. */
export function shortStream({ api, model, tokens }: ShortStream): { path: string; json: unknown } {
  const { path, encode } = dialectOf(api)
  return { path, json: encode({ prompt: PROMPT, model, max_tokens: tokens }, true) }
}

/**
 * The headers that say who asks.
 *
 * @param api undefined: not known yet, so the address has to tell
 */
export function credentials(
  api: Api | undefined,
  url: string,
  token: string | undefined,
): Record<string, string> {
  const wire = api ?? (/anthropic/.test(url) ? 'anthropic-messages' : 'openai-chat')
  const { headers } = dialectOf(wire)
  if (headers) return headers(token, url)
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
