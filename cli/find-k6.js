import { execFileSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The binaries that the tests want, see docs/k6-versions.md. */
export const TESTED = ['k6-0.47', 'k6-1.8-sse', 'k6-2.2', 'k6-2.2-sse']

export const INSTALL = {
  k6: 'https://grafana.com/docs/k6/latest/set-up/install-k6/',
  sse: 'https://github.com/phymbert/xk6-sse#readme',
}

/**
 * A k6 on this machine.
 *
 * @typedef {object} K6
 * @property {string} name how it was found, such as `k6` or `k6-0.47`
 * @property {string} path
 * @property {string} version such as `1.8.1`
 * @property {boolean} streams whether it has the extension k6/x/sse
 * @property {string[]} [extensions] as `k6 version` lists them
 */

/** The preview, in the place of a k6 (docs/preview.md). @type {K6} */
export const PREVIEW = {
  name: 'preview',
  path: fileURLToPath(new URL('../preview/main.js', import.meta.url)),
  version: process.versions.node,
  streams: true,
}

/**
 * The user's k6: the one asked for, else `K6_BIN`, else `k6` on PATH.
 *
 * @param {string} [asked] the value of `--k6`
 * @returns {K6 | undefined}
 * @throws where the one that is named is no k6
 */
export function findK6(asked) {
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
 *
 * @returns {K6[]}
 */
export function findTestedK6() {
  const found = TESTED.map((name) => {
    const path = process.env.K6_DIR ? executable(join(process.env.K6_DIR, name)) : onPath(name)
    return path === undefined ? undefined : inspect(name, path)
  }).filter((k6) => k6 !== undefined)
  if (found.length > 0) return found
  const own = findK6()
  return own === undefined ? [] : [own]
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function onPath(name) {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = directory === '' ? undefined : executable(join(directory, name))
    if (path !== undefined) return path
  }
  return undefined
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function executable(path) {
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
 *
 * @param {string} path
 */
function candidates(path) {
  if (process.platform !== 'win32') return [path]
  const extensions = (process.env.PATHEXT || '.COM;.EXE')
    .split(';')
    .filter((extension) => /^\.(com|exe)$/i.test(extension))
  return [...extensions.map((extension) => path + extension.toLowerCase()), path]
}

/**
 * @param {string} name
 * @param {string} path
 * @returns {K6 | undefined} undefined where it is no k6
 */
function inspect(name, path) {
  try {
    const text = execFileSync(path, ['version'], { encoding: 'utf8', timeout: 20_000 })
    const version = /v(\d+\.\d+\.\d+)/.exec(text)?.[1]
    return version === undefined
      ? undefined
      : {
          name,
          path,
          version,
          streams: /\bk6\/x\/sse\b/.test(text),
          extensions: extensionsIn(text),
        }
  } catch {
    return undefined
  }
}

/** @param {string} text of `k6 version` */
function extensionsIn(text) {
  return text
    .split('\n')
    .map((line) => /^ {2}(\S+ v\S+, .+)$/.exec(line.trimEnd())?.[1])
    .filter((line) => line !== undefined)
}
