// Stand-in for k6/x/sse, after the behaviour of 0.1.12: a script of what happens and when.
import type { SseClient } from '../../../src/chat/transports/sse.ts'
import { world } from './execution.ts'

export type Step =
  | { at: number; event: { data?: string; name?: string; id?: string; comment?: string } }
  | { at: number; error: string }
  | { at: number; end: true }

export interface FakeStream {
  status?: number
  headers?: Record<string, string>
  /** Failure before the headers: the setup function never runs. */
  refused?: string
  headersAt?: number
  steps?: Step[]
}

export const opened: { url: string; params: Record<string, unknown> }[] = []
export let closes = 0
let script: FakeStream = {}
let old = false

/** Makes it 0.1.10, which has no `timeout`. */
export function makeOld() {
  old = true
}

/** Sets what the next streams do. */
export function play(next: FakeStream) {
  script = next
  opened.length = 0
  closes = 0
}

type Handler = (value?: unknown) => void

export default {
  open(url: string, params: Record<string, unknown>, setup: (client: SseClient) => void) {
    // The extension reads its options before it connects, in the order of their keys.
    if (!old && typeof params.timeout === 'string' && !/^[\d.]+(ms|s|m|h)$/.test(params.timeout)) {
      throw new Error(`invalid timeout value: time: invalid duration "${params.timeout}"`)
    }
    void params.headers // a getter of a wrong option throws here
    opened.push({ url, params })
    if (script.refused)
      return {
        url: '',
        status: 0,
        headers: null as Record<string, string> | null,
        error: script.refused,
      }
    const handlers: Record<string, Handler> = {}
    let done = false
    const start = world.time
    world.time = start + (script.headersAt ?? 0)
    setup({
      on: (name: string, handler: Handler) => {
        handlers[name] = handler
      },
      close: () => {
        closes++
        done = true
      },
    })
    for (const step of script.steps ?? []) {
      if (done) break
      world.time = start + step.at
      if ('event' in step) {
        handlers.event?.({ id: '', name: '', data: '', comment: '', ...step.event })
      } else if ('error' in step) {
        handlers.error?.({ error: () => step.error, toString: () => step.error })
      } else done = true
    }
    return { url, status: script.status ?? 200, headers: script.headers ?? {}, error: '' }
  },
}
