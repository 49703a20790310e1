import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CommandError } from '../command.js'

/**
 * What is known of a script before it runs.
 *
 * @typedef {object} Script
 * @property {string} path absolute
 * @property {string[]} exports names that it exports, `default` among them
 * @property {boolean} streams it imports k6/x/sse itself, so it needs a k6 with the extension
 * @property {boolean} importsLibrary it imports k6-llm
 * @property {string | undefined} variant the same test with the extension: `xk6-sse/NAME` beside it
 */

/**
 * Reads a script and all that it imports from disk, without running it.
 *
 * @param {string} given path from the user
 * @returns {Promise<Script>}
 */
export async function readScript(given) {
  const path = resolve(given)
  if (!existsSync(path) || !statSync(path).isFile()) {
    const near = existsSync(`${path}.js`) ? `; did you mean ${given}.js?` : ''
    throw new CommandError(`${given}: no such file; expected the path of a k6 script${near}`)
  }
  const { build, stop } = await import('esbuild')
  /** @type {import('esbuild').BuildResult<{ metafile: true, write: false }>} */
  let result
  try {
    result = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      external: ['k6', 'k6/*', 'http://*', 'https://*', '*.proto'],
      logLevel: 'silent',
    })
  } catch (error) {
    throw new CommandError(messageOf(given, error))
  } finally {
    await stop() // its process takes memory and would outlive Ctrl-C
  }
  const { inputs, outputs } = result.metafile
  const [output] = Object.values(outputs)
  const imported = Object.values(inputs).flatMap((input) => input.imports)
  const names = [...imported.map((one) => one.original ?? one.path), ...Object.keys(inputs)]
  const variant = join(dirname(path), 'xk6-sse', basename(path))
  return {
    path,
    exports: output?.exports ?? [],
    streams: names.includes('k6/x/sse'),
    importsLibrary: names.some((name) => /k6-llm|dist[\\/](index|xk6-sse)(\.min)?\.js/.test(name)),
    variant: existsSync(variant) ? variant : undefined,
  }
}

/**
 * @param {string} given
 * @param {unknown} error of esbuild
 */
function messageOf(given, error) {
  const [first] = /** @type {import('esbuild').BuildFailure} */ (error).errors ?? []
  if (!first) return `${given}: cannot be read: ${error}`
  const at = first.location ? `${first.location.file}:${first.location.line}: ` : ''
  const bare = /^Could not resolve "([^./][^"]*)"/.exec(first.text)?.[1]
  const fix = bare
    ? `; k6 reads no packages by name: write a path, such as ./node_modules/${bare}/dist/index.js`
    : ''
  return `${given}: ${at}${first.text}${fix}`
}
