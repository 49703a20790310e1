import type { ChatRequest } from '../stream/dialect.ts'

const SECRET = /^(authorization|proxy-authorization|cookie)$|key|token|secret/i
/** Shorter ones would blot out ordinary words. */
const SHORTEST = 6
/** So much of a prompt is known again in an error, which may have the beginning only. */
const HEAD = 24
const MOST = 300

/** The secrets in a request's headers, longest first. */
export function secretsOf(headers: { readonly [name: string]: string }): string[] {
  const found: string[] = []
  for (const name of Object.keys(headers)) {
    if (!SECRET.test(name)) continue
    const value = String(headers[name])
    for (const part of [value].concat(value.split(/[\s;,=]+/))) {
      if (part.length < SHORTEST || /^bearer$/i.test(part)) continue
      if (found.indexOf(part) < 0) found.push(part)
    }
  }
  return found.sort((a, b) => b.length - a.length)
}

/** A text without secrets that it may repeat. */
export function withoutThese(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.split(secret).join('***'), text)
}

/**
 * What a server says of a failure, fit for a log: on one line, without the secrets that the request
 * had, and cut where it begins to repeat the prompt.
 */
export function publicWords(
  message: string,
  headers: { readonly [name: string]: string },
  prompts: readonly string[],
): string {
  let words = withoutThese(message, secretsOf(headers))
  for (const prompt of prompts) {
    for (const text of [prompt, JSON.stringify(prompt).slice(1, -1)]) {
      const head = text.trim().slice(0, HEAD)
      const at = head.length < SHORTEST ? -1 : words.indexOf(head)
      if (at >= 0) words = `${words.slice(0, at)}…`
    }
  }
  words = words.replace(/\s+/g, ' ').trim()
  return words.length > MOST ? `${words.slice(0, MOST - 1)}…` : words
}

/** The texts of a request that are the user's own. */
export function promptsOf(request: ChatRequest): string[] {
  const texts: string[] = []
  const add = (value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    else if (Array.isArray(value)) value.forEach(add)
    else if (value !== null && typeof value === 'object') {
      const { content, text } = value as { content?: unknown; text?: unknown }
      add(content)
      add(text)
    }
  }
  const { prompt, messages, system, input } = request as { [field: string]: unknown }
  ;[prompt, messages, system, input].forEach(add)
  return texts
}
