import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, describe } from 'vitest'
import { type Engine, findTestedK6, INSTALL, PREVIEW, TESTED } from '../../cli/find-k6.ts'
import { wrapperText } from '../../cli/run/wrapper.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

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
  for (const k6 of fitting) {
    describe(`${what} on ${k6.name} ${k6.version}`, () => {
      group(k6)
      afterAll(removeWrapped)
    })
  }
}

/** Without the extension, which goes before `LLM_RELAY`. */
export function isStock(k6: Engine): boolean {
  return !k6.streams
}

/** The script, or a wrapper of it for a k6 with the extension: its own, or as `k6-llm run` makes one. */
export function variant(k6: Engine, script: string): string {
  if (!k6.streams) return script
  const own = script.replace(/([^/]+)$/, 'xk6-sse/$1')
  return existsSync(resolve(root, own)) ? own : wrapped(resolve(root, script))
}

let made: string | undefined

function wrapped(path: string): string {
  if (made === undefined) {
    made = mkdtempSync(join(tmpdir(), 'k6-llm-wrappers-'))
  }
  const { metafile } = buildSync({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: made,
    external: ['k6', 'k6/*', 'https://*'],
    logLevel: 'silent',
  })
  const exports = Object.values(metafile.outputs)[0]?.exports ?? []
  // Not beside the script, as run's is: another test may look at that folder now.
  const there = JSON.stringify(pathToFileURL(path).href)
  const text = wrapperText({ path, exports }, { stream: true })
  const wrapper = join(made, basename(path))
  writeFileSync(
    wrapper,
    text.replace(JSON.stringify(`./${basename(path)}`), () => there),
  )
  return wrapper
}

/** After the last test that took a `variant`; `onEachK6` does it for its groups. */
export function removeWrapped() {
  if (made !== undefined) rmSync(made, { recursive: true, force: true })
  made = undefined
}
