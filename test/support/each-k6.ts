import { describe } from 'vitest'
import { type Engine, findTestedK6, INSTALL, PREVIEW, TESTED } from '../../cli/find-k6.ts'

// The project `preview` of vitest.config.ts sets it: the same tables, on the preview.
const found: Engine[] = process.env.K6_ENGINE === 'preview' ? [PREVIEW] : findTestedK6()

/**
 * Runs a group of tests on each k6 that was found. Where there is none, one skipped group says
 * what was not tested.
 */
export function onEachK6(
  what: string,
  group: (k6: Engine) => void,
  wanted: (k6: Engine) => boolean = () => true,
): void {
  const fitting = found.filter((k6) => wanted(k6))
  if (fitting.length === 0) {
    const none = found.length === 0 ? 'no k6' : 'no k6 with k6/x/sse'
    describe.skip(`${what}: NOT TESTED, ${none} was found (${TESTED.join(', ')} in K6_DIR or on PATH, or K6_BIN; ${INSTALL.k6})`, () => {
      group({ ...PREVIEW, name: 'none', path: '', version: '0.0.0', streams: false })
    })
    return
  }
  for (const k6 of fitting) describe(`${what} on ${k6.name} ${k6.version}`, () => group(k6))
}

/** Without the extension, which goes before `LLM_RELAY`. */
export function isStock(k6: Engine): boolean {
  return !k6.streams
}

/** The script, or its wrapper for a k6 with the extension. */
export function variant(k6: Engine, script: string): string {
  return k6.streams ? script.replace(/([^/]+)$/, 'xk6-sse/$1') : script
}
