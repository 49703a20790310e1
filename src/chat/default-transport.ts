import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { relayTransport } from './transports/relay.ts'
import type { Transport } from './transports/transport.ts'

/**
 * Where the transport in force lives. Not in a module variable: a script may load the library by
 * two paths or URLs, which are two modules, and `globalThis` is what they share in a VU.
 */
const KEY = 'k6-llm/transport@1'

const shared = globalThis as unknown as { [key: string]: Transport | undefined }

/**
 * Makes a transport the one that every client of this script streams through.
 *
 * Call it at init. `dist/xk6-sse.js` does it for the extension `k6/x/sse`.
 */
export function setDefaultTransport(transport: Transport): void {
  if (!transport || typeof transport.send !== 'function') {
    misuse(
      `setDefaultTransport(${show(transport)}): expected a transport such as sseTransport(sse) ` +
        "with `import sse from 'k6/x/sse'`",
    )
  }
  shared[KEY] = transport
}

/**
 * The transport in force: the one that was set, else the relay that `LLM_RELAY` names, else
 * `undefined` (then `k6/http` serves).
 */
export function defaultTransport(): Transport | undefined {
  if (shared[KEY] === undefined) {
    const relay = env.url('LLM_RELAY')
    if (relay !== undefined) shared[KEY] = relayTransport({ url: relay })
  }
  return shared[KEY]
}

/** Whether the transport in force is the relay. Known at init. */
export function usesRelay(): boolean {
  return defaultTransport()?.name === 'relay'
}

/**
 * Whether tokens can be seen arriving: true through the relay (`LLM_RELAY`) and with the extension
 * (`import '…/xk6-sse.js'`); false without them, since `k6/http` returns when the whole body is
 * there. Known at init.
 */
export function canStream(): boolean {
  return defaultTransport()?.streams === true
}
