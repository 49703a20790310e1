import { CommandError, EXIT } from '../command.ts'
import { type Engine, fetchesExtensions } from '../find-k6.ts'
import type { Script } from './script.ts'

/**
 * How tokens are seen arriving: through a relay, on any k6; by the extension k6/x/sse; not at all.
 */
export type Way = 'relay' | 'sse' | 'none'

export const WAYS: readonly Way[] = ['relay', 'sse', 'none']

/** What decides on the way. */
export interface Circumstances {
  /** `--stream` */
  asked?: Way
  engine: Pick<Engine, 'kind' | 'streams'>
  script: Pick<Script, 'path' | 'streams'>
  /** the user's own `LLM_RELAY` */
  relay: string | undefined
  /** origins that a relay would forward to */
  allow: string[]
}

interface Choice {
  way: Way
  /** where it is not what people expect, in words */
  why?: string
}

/**
 * Chooses the way: what was asked for, else the extension where the k6 has it, else the relay.
 *
 * A script that imports k6/x/sse itself always goes by it: k6 1.2 or newer fetches it.
 */
export function chooseWay({ asked, engine, script, relay, allow }: Circumstances): Choice {
  if (script.streams) {
    if (asked !== 'relay') return { way: 'sse' }
    throw new CommandError(
      `--stream relay: ${script.path} imports k6/x/sse, which goes before the relay; expected a ` +
        `script without it${plainHint(script.path)}`,
      EXIT.wrongUse,
    )
  }
  if (asked === 'none' || asked === 'sse') return { way: asked }
  if (relay !== undefined) return { way: 'relay' }
  if (asked === undefined && engine.streams && engine.kind === 'k6') return { way: 'sse' }
  if (allow.length > 0) return { way: 'relay' }
  const why = 'no address of a server is known; give it by -e BASE_URL=http://… or --allow'
  if (asked === 'relay') throw new CommandError(`--stream relay: ${why}`, EXIT.wrongUse)
  return engine.streams ? { way: 'sse' } : { way: 'none', why }
}

/**
 * One line on how tokens are seen arriving.
 *
 * @param relay what its address is, or where it leads
 */
export function aboutWay({ way, why }: Choice, relay: string): string {
  if (way === 'relay') return `tokens are seen arriving through ${relay}`
  if (way === 'sse') return 'tokens are seen arriving by k6/x/sse'
  const reason = why ?? '--stream none'
  return `no token is seen arriving, so TTFT and token pace are not measured (${reason})`
}

/** What k6 ends with where a module cannot be had. */
const NO_SCRIPT = 107

/**
 * What to do where a k6 without the extension did not start a script that imports it; `undefined`
 * where that is not what happened.
 *
 * @param code k6's
 */
export function adviseWithoutExtension(
  code: number,
  engine: Pick<Engine, 'streams' | 'version'>,
  script: Pick<Script, 'path' | 'streams'>,
): string | undefined {
  if (code !== NO_SCRIPT || engine.streams) return undefined
  const fetches = fetchesExtensions(engine.version)
    ? 'fetches it where it is online, unless K6_AUTO_EXTENSION_RESOLUTION is false'
    : 'does not fetch it; k6 1.2 or newer does where it is online'
  const wayOut = script.streams
    ? `a script that imports dist/index.js alone${plainHint(script.path)}`
    : '--stream relay'
  return (
    `k6 ended with ${code}. Where it says that k6/x/sse is missing: this k6 ${engine.version} is without ` +
    `the extension, and ${fetches}. The relay needs none: ${wayOut}`
  )
}

/** The same test without the extension, as in examples/. */
function plainHint(path: string): string {
  const plain = path.replace(/xk6-sse[\\/](?=[^\\/]+$)/, '')
  return plain === path ? '' : `: k6-llm run ${plain}`
}
