import type { IncomingHttpHeaders } from 'node:http'
import { CONTROL_HEADER, RELAY_PROTOCOL, type RelayControl, TARGET_HEADER } from '#node'
import { parseHttpUrl } from './allow.ts'

/** A request of k6, read; or why it cannot be. */
export type Order = { target: URL; control: RelayControl } | { problem: string }

const METHOD = /^[A-Z]{1,20}$/

/** Reads the two headers of a request to the relay. Never throws. */
export function readOrder(headers: IncomingHttpHeaders): Order {
  const address = decode(headers[TARGET_HEADER])
  const target = address === undefined ? undefined : parseHttpUrl(address)
  if (target === undefined) return { problem: `${TARGET_HEADER} is no http or https address` }
  const control = parse(headers[CONTROL_HEADER])
  if (!isObject(control)) return { problem: `${CONTROL_HEADER} is no JSON object` }
  if (control.v !== RELAY_PROTOCOL) {
    return {
      problem: `the script's library speaks version ${String(control.v)} with its relay, this relay ${RELAY_PROTOCOL}: use both of the same k6-llm`,
    }
  }
  const wrong = findWrong(control)
  if (wrong !== undefined) return { problem: `${CONTROL_HEADER}: ${wrong} is missing or wrong` }
  return { target, control: control as unknown as RelayControl }
}

/** The first field that is not as the protocol says. */
function findWrong(control: Record<string, unknown>): string | undefined {
  const { method, headers, base, timeout, session, iteration, vu, tags } = control
  if (typeof method !== 'string' || !METHOD.test(method) || method === 'CONNECT') return 'method'
  if (!isScalars(headers)) return 'headers'
  if (!isScalars(tags)) return 'tags'
  if (typeof base !== 'number') return 'base'
  if (typeof timeout !== 'number' || !(timeout > 0)) return 'timeout'
  if (typeof session !== 'string') return 'session'
  if (iteration !== undefined && typeof iteration !== 'number') return 'iteration'
  if (typeof vu !== 'number') return 'vu'
  for (const name of ['options', 'note', 'abortAfter'] as const) {
    if (control[name] !== undefined && !isObject(control[name])) return name
  }
  return undefined
}

function decode(value: string | string[] | undefined): string | undefined {
  try {
    return typeof value === 'string' ? decodeURIComponent(value) : undefined
  } catch {
    return undefined
  }
}

function parse(value: string | string[] | undefined): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Texts, numbers and booleans, which k6 takes for texts. */
function isScalars(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every((entry) => /^(string|number|boolean)$/.test(typeof entry))
  )
}
