import { misuse, show } from '../../core/errors.ts'
import type { Dialect } from '../dialect.ts'
import { gateway } from './gateway.ts'
import { openaiChat } from './openai-chat.ts'

const DIALECTS = {
  'openai-chat': openaiChat,
  gateway,
}

/** The wire format of a server. */
export type Api = keyof typeof DIALECTS

/** The dialect of an API's name; ends the test where there is none of that name. */
export function dialectOf(api: string): Dialect {
  const dialect = Object.keys(DIALECTS).indexOf(api) !== -1 ? DIALECTS[api as Api] : undefined
  if (!dialect) {
    misuse(`api: expected one of ${Object.keys(DIALECTS).join(', ')}, got ${show(api)}`)
  }
  return dialect
}
