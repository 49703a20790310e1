// The script and all that it imports as one module that Node loads: k6's modules are replaced by
// the preview's own, https imports are fetched.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildFailure, build, type Plugin } from 'esbuild'
import { download } from './download.ts'
import { INSTALL } from './errors.ts'
import { EXIT, RunError } from './exit-codes.ts'
import { messageOf } from './script-values.ts'
import { newerSyntax } from './syntax.ts'

/** k6's modules that the preview has. */
const MODULES: Record<string, string> = {
  k6: 'k6',
  'k6/crypto': 'crypto',
  'k6/data': 'data',
  'k6/encoding': 'encoding',
  'k6/execution': 'execution',
  'k6/experimental/timers': 'timers',
  'k6/http': 'http',
  'k6/metrics': 'metrics',
  'k6/timers': 'timers',
  'k6/x/sse': 'sse',
}

const moduleUrl = (id: string) => new URL(`./modules/${MODULES[id]}.js`, import.meta.url).href

/** A file in a temporary directory. */
interface Bundle {
  url: string
  remove(): void
}

/** @param path the script */
export async function bundle(path: string, warn: (text: string) => void): Promise<Bundle> {
  const text = await textOf(path, warn)
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-preview-'))
  const file = join(directory, 'script.k6-llm-preview.mjs')
  writeFileSync(file, text)
  return {
    url: pathToFileURL(file).href,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

async function textOf(path: string, warn: (text: string) => void): Promise<string> {
  const entry = resolve(path)
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      sourcemap: 'inline',
      sourcesContent: true,
      sourceRoot: `${pathToFileURL(dirname(entry)).href}/`,
      // Names of functions are in stack traces, and scripts may read them.
      keepNames: true,
      outdir: dirname(entry),
      logLevel: 'silent',
      plugins: [k6Modules(), remote(warn), local(warn)],
    })
    return outputFiles[0]?.text ?? ''
  } catch (error) {
    throw new RunError(faultsOf(error, path), EXIT.scriptException)
  }
}

function k6Modules(): Plugin {
  return {
    name: 'k6',
    setup(build) {
      build.onResolve({ filter: /^k6(\/|$)/ }, ({ path, kind }) => {
        if (MODULES[path] === undefined) {
          return {
            errors: [
              { text: `${path} is not in the preview: run this script with k6 (${INSTALL})` },
            ],
          }
        }
        // A `require` gives what `import … from` gives, as in k6 (runtime/globals.ts).
        if (kind === 'require-call') return { path, namespace: 'k6-require' }
        return { path: moduleUrl(path), external: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'k6-require' }, ({ path }) => ({
        contents: `module.exports = globalThis.require(${JSON.stringify(path)})`,
        resolveDir: process.cwd(),
      }))
    },
  }
}

/** Imports by https, kept in memory for this run. */
function remote(warn: (text: string) => void): Plugin {
  return {
    name: 'https',
    setup(build) {
      build.onResolve({ filter: /^https?:\/\// }, ({ path }) => ({ path, namespace: 'remote' }))
      build.onResolve({ filter: /.*/, namespace: 'remote' }, ({ path, importer }) => ({
        path: new URL(path, importer).href,
        namespace: 'remote',
      }))
      build.onLoad({ filter: /.*/, namespace: 'remote' }, async ({ path }) => {
        let contents: string
        try {
          contents = await download(path)
        } catch (error) {
          return { errors: [{ text: messageOf(error) }] }
        }
        const found = newerSyntax(contents)
        if (found !== undefined) warn(`${path}:${found}`)
        return { contents, loader: /\.ts($|\?)/.test(path) ? 'ts' : 'js' }
      })
    },
  }
}

/** The user's own files. */
function local(warn: (text: string) => void): Plugin {
  return {
    name: 'local',
    setup(build) {
      build.onResolve({ filter: /^file:\/\// }, ({ path }) => ({ path: fileURLToPath(path) }))
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind, namespace }) => {
        if (kind === 'entry-point' || namespace !== 'file' || /^[a-zA-Z]:[\\/]/.test(path))
          return undefined
        return {
          errors: [
            {
              text: `"${path}" is no path and no address: k6 has no packages of npm; import a file (./…) or an https address`,
            },
          ],
        }
      })
      build.onLoad({ filter: /\.[cm]?js$/, namespace: 'file' }, ({ path }) => {
        const found = newerSyntax(readFileSync(path, 'utf8'))
        if (found !== undefined) warn(`${path}:${found}`)
        return undefined
      })
    },
  }
}

/** @param error of esbuild */
function faultsOf(error: unknown, path: string) {
  if (!isBuildFailure(error) || error.errors.length === 0) return String(error)
  return error.errors
    .map(({ text, location }) =>
      location
        ? `${location.file}:${location.line}:${location.column + 1}: ${text}`
        : `${path}: ${text}`,
    )
    .join('\n')
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors)
