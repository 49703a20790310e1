import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { BuildFailure, BuildResult } from 'esbuild'
import { CommandError } from '../command.ts'
import { type AddressInCode, addressesIn } from './addresses-in.ts'

/** What is known of a script before it runs. */
export interface Script {
  /** absolute */
  path: string
  /** names that it exports, `default` among them */
  exports: string[]
  /** it imports k6/x/sse itself, so it needs a k6 with the extension */
  streams: boolean
  /** it imports k6-llm */
  importsLibrary: boolean
  /** http and https addresses that stand in its code, the library's left out */
  addresses: AddressInCode[]
  /** variables of which its code speaks and that end with `_URL` */
  addressVariables: string[]
  /** names in capitals that stand in its code, variables among them */
  constants: string[]
  /** it makes names of variables itself, like `__ENV[name]` */
  readsAny: boolean
  /** the same test with the extension: `xk6-sse/NAME` beside it */
  variant: string | undefined
}

/** What the files of k6-llm are called. */
const LIBRARY = /k6-llm|dist[\\/](index|xk6-sse)(\.min)?\.c?js/

/**
 * Reads a script and all that it imports from disk, without running it.
 *
 * @param given path from the user
 */
export async function readScript(given: string): Promise<Script> {
  const path = resolve(given)
  if (!existsSync(path) || !statSync(path).isFile()) {
    const near = existsSync(`${path}.js`) ? `; did you mean ${given}.js?` : ''
    throw new CommandError(`${given}: no such file; expected the path of a k6 script${near}`)
  }
  const { build, stop, transform } = await import('esbuild')
  let codes: string[]
  let result: BuildResult<{ metafile: true; write: false }>
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
    const own = Object.keys(result.metafile.inputs).filter((input) => !LIBRARY.test(input))
    const reading = own.filter(isCode).map(async (input) => {
      const text = readFileSync(join(dirname(path), input), 'utf8')
      // Without comments, which name many an address.
      return (await transform(text, { loader: 'ts', logLevel: 'silent' })).code
    })
    codes = await Promise.all(reading)
  } catch (error) {
    throw new CommandError(`${given}: ${whyUnbuilt(error)}`)
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
    importsLibrary: names.some((name) => LIBRARY.test(name)),
    // A module that it imports from a CDN is no server that it tests.
    addresses: codes.flatMap(addressesIn).filter(({ address }) => !names.includes(address)),
    addressVariables: [...new Set(codes.flatMap(variablesOf))],
    constants: [...new Set(codes.flatMap((code) => code.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []))],
    readsAny: codes.some((code) => /\b__ENV\s*\[\s*[^\s'"`]|\b__ENV\b(?!\s*[.[])/.test(code)),
    variant: existsSync(variant) ? variant : undefined,
  }
}

function isCode(input: string): boolean {
  return /^\.[cm]?[jt]s$/.test(extname(input))
}

/** @param code without comments */
function variablesOf(code: string): string[] {
  return code.match(/\b[A-Z][A-Z0-9_]*_URL\b/g) ?? []
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function whyUnbuilt(error: unknown) {
  const [first] = isBuildFailure(error) ? error.errors : []
  if (!first) return `cannot be read: ${error}`
  const at = first.location ? `${first.location.file}:${first.location.line}: ` : ''
  const bare = /^Could not resolve "([^./][^"]*)"/.exec(first.text)?.[1]
  const fix = bare
    ? `; k6 reads no packages by name: write a path, such as ./node_modules/${bare}/dist/index.js`
    : ''
  return `${at}${first.text}${fix}`
}
