import { warnOnce } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { checkKeys } from '../core/options.ts'
import type { AbortAfter, Transport } from './transports/transport.ts'

/** What the transport is to keep of the longest silence, ms; 0 for none. */
export function idleOf(ms: number, transport: Transport): number | undefined {
  if (ms === 0) return undefined
  if (!transport.idles) {
    warnOnce(
      `idle has no effect: ${transport.name} does not see how long nothing came; the relay does ` +
        '(k6-llm run), and timeout bounds the whole request',
    )
  }
  return ms
}

/** When reading stops: as the script says, or a user's patience with the first event, ms. */
export function abortOf(
  abortAfter: AbortAfter | undefined,
  firstWithin: number | undefined,
  transport: Transport,
): AbortAfter | undefined {
  const own = abortAfter && abortable(abortAfter, transport)
  return firstWithin === undefined ? own : Object.assign({ firstMs: firstWithin }, own)
}

function abortable(after: AbortAfter, transport: Transport): AbortAfter {
  checkKeys('abortAfter', after, ['events', 'ms', 'firstMs'])
  for (const name of Object.keys(after) as (keyof AbortAfter)[]) {
    if (typeof after[name] !== 'number' || !((after[name] as number) > 0)) {
      misuse(`abortAfter.${name}: expected a number over 0, got ${show(after[name])}`)
    }
  }
  if (!transport.streams) {
    warnOnce(
      `abortAfter has no effect: ${transport.name} returns when the whole answer is there; a ` +
        'stream can be stopped through the relay (k6-llm run) or with k6/x/sse',
    )
  }
  return after
}
