import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { inPackage } from './package-root.ts'

/** The binaries that the tests want, see docs/k6-versions.md. */
export const TESTED = ['k6-0.47', 'k6-1.8-sse', 'k6-2.2', 'k6-2.2-sse']

export const INSTALL = {
  k6: 'https://grafana.com/docs/k6/latest/set-up/install-k6/',
  sse: 'https://github.com/phymbert/xk6-sse#readme',
}

/** Whether a k6 fetches an extension that a script imports, where it is online: from 1.2 on. */
export function fetchesExtensions(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 1 || (major === 1 && minor >= 2)
}

/** What every engine has. */
interface Runs {
  /** how it was found, such as `k6` or `k6-0.47` */
  name: string
  path: string
  /** such as `1.8.1` */
  version: string
  /** whether it has k6/x/sse, by which scripts see tokens arrive: in a k6 that is an extension */
  streams: boolean
  /** the program and its first arguments; those of `k6` itself follow, from `run` on */
  command: readonly [program: string, ...before: string[]]
  /** whether it writes raw samples (`--out json=…`) */
  writesSamples: boolean
  /** why it has no web dashboard; absent where it has one */
  noDashboard?: string
}

/** A k6 on this machine. */
export interface K6 extends Runs {
  kind: 'k6'
  /** as `k6 version` lists them */
  extensions?: string[]
}

/** The preview, in the place of a k6 (docs/preview.md). */
export interface Preview extends Runs {
  kind: 'preview'
}

/** What runs a script. All that differs is in its fields; `kind` is for what is said of it. */
export type Engine = K6 | Preview

const previewPath = inPackage('dist/preview/main.js')

export const PREVIEW: Preview = {
  kind: 'preview',
  name: 'preview',
  path: previewPath,
  version: process.versions.node,
  streams: true,
  // In a process of its own, as a k6 would be.
  command: [process.execPath, previewPath],
  writesSamples: false,
  noDashboard: 'the preview engine has none; run it on k6 0.49 or newer',
}

/**
 * The user's k6: the one asked for, else `K6_BIN`, else `k6` on PATH.
 *
 * @param asked the value of `--k6`
 * @throws where the one that is named is no k6
 */
export function findK6(asked?: string): K6 | undefined {
  const wanted = asked || process.env.K6_BIN
  if (wanted) {
    const path =
      wanted.includes('/') || wanted.includes('\\') ? executable(resolve(wanted)) : onPath(wanted)
    const found = path === undefined ? undefined : inspect(asked ? '--k6' : 'K6_BIN', path)
    if (!found) {
      const named = asked ? `--k6 ${asked}` : `K6_BIN=${wanted}`
      throw new Error(`${named}: expected the path of a k6 binary that runs`)
    }
    return found
  }
  const path = onPath('k6')
  return path === undefined ? undefined : inspect('k6', path)
}

/**
 * Every k6 that the tests know by name, in `K6_DIR` or on PATH; where there is none of them, the
 * user's own.
 */
export function findTestedK6(): K6[] {
  const found = TESTED.map((name) => {
    const path = process.env.K6_DIR ? executable(join(process.env.K6_DIR, name)) : onPath(name)
    return path === undefined ? undefined : inspect(name, path)
  }).filter((k6) => k6 !== undefined)
  if (found.length > 0) return found
  const own = findK6()
  return own === undefined ? [] : [own]
}

function onPath(name: string): string | undefined {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = directory === '' ? undefined : executable(join(directory, name))
    if (path !== undefined) return path
  }
  return undefined
}

function executable(path: string): string | undefined {
  for (const candidate of candidates(path)) {
    try {
      accessSync(candidate, constants.X_OK)
      if (statSync(candidate).isFile()) return candidate
    } catch {
      // not there
    }
  }
  return undefined
}

/**
 * On Windows a name may come without its extension. Scripts (.bat, .cmd) are left out: they need a
 * shell, which would read the arguments in its own way.
 */
function candidates(path: string): string[] {
  if (process.platform !== 'win32') return [path]
  const extensions = (process.env.PATHEXT || '.COM;.EXE')
    .split(';')
    .filter((extension) => /^\.(com|exe)$/i.test(extension))
  return [...extensions.map((extension) => path + extension.toLowerCase()), path]
}

/** @returns undefined where it is no k6 */
function inspect(name: string, path: string): K6 | undefined {
  try {
    const text = execFileSync(path, ['version'], { encoding: 'utf8', timeout: 20_000 })
    const version = /v(\d+\.\d+\.\d+)/.exec(text)?.[1]
    if (version === undefined) return undefined
    const noDashboard = whyNoDashboard(version, path)
    return {
      kind: 'k6',
      name,
      path,
      version,
      streams: /\bk6\/x\/sse\b/.test(text),
      command: [path],
      writesSamples: true,
      ...(noDashboard !== undefined && { noDashboard }),
      extensions: extensionsIn(text),
    }
  } catch {
    return undefined
  }
}

function whyNoDashboard(version: string, path: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 0 || minor >= 49) return undefined
  return (
    `k6 ${version} (${path}) has no web dashboard; it came with 0.49. Leave --dashboard out, or ` +
    'name a newer k6 by --k6'
  )
}

/** @param text of `k6 version` */
function extensionsIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^ {2}(\S+ v\S+, .+)$/.exec(line.trimEnd())?.[1])
    .filter((line) => line !== undefined)
}
