import { CommandError, EXIT } from '../command.ts'
import { messageOf } from '../fault.ts'
import { type Engine, findK6, INSTALL, type K6, PREVIEW } from '../find-k6.ts'

/** A k6 that is named and does not run ends the command with code 3. */
export function orNoK6(find: () => K6 | undefined): K6 | undefined {
  try {
    return find()
  } catch (error) {
    throw new CommandError(messageOf(error), EXIT.noK6)
  }
}

export interface Wanted {
  /** path, of `--k6` */
  k6?: string
  /** `--preview` */
  preview?: boolean
}

/** What runs a script: k6, or the preview engine where it is asked for or there is no k6. */
export function whatRuns({ k6: wanted, preview }: Wanted): Engine {
  if (preview && wanted === undefined) return PREVIEW
  if (preview) throw new CommandError('--preview and --k6: give one of them', EXIT.wrongUse)
  return orNoK6(() => findK6(wanted)) ?? PREVIEW
}

/**
 * One line on what runs.
 *
 * @param asked the preview was asked for
 */
export function aboutEngine(engine: Engine, asked?: boolean): string {
  if (engine.kind === 'preview') {
    const why = asked ? '' : `no k6 was found (install: ${INSTALL.k6}; or K6_BIN=/path/to/k6): `
    return `${why}this is the preview engine: the same script, small scale, no benchmark`
  }
  const { version, path, streams } = engine
  return `k6 ${version} (${path})${streams ? ' with k6/x/sse' : ''}`
}

/** The engine as `run --json` tells it. */
export function engineRecord(engine: Engine): 'preview' | { path: string; version: string } {
  return engine.kind === 'preview' ? engine.kind : { path: engine.path, version: engine.version }
}
