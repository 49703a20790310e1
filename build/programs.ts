import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { root } from './root.ts'
import { filesIn } from './stamp.ts'

/**
 * Compiles a folder into dist/, file by file: modules are loaded by URL too, and their places tell
 * frames of a stack apart. What is not TypeScript (scripts that k6 loads) is copied. Tells what it
 * wrote.
 */
export async function makeProgram(folder: string): Promise<string[]> {
  const files = filesIn(folder).filter((file) => !/\.(md|d\.ts)$/.test(file))
  const sources = files.filter((file) => file.endsWith('.ts'))
  const { warnings } = await build({
    absWorkingDir: root,
    entryPoints: sources,
    outdir: 'dist',
    outbase: '.',
    bundle: true,
    treeShaking: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [importsAsBuilt],
    logLevel: 'silent',
  })
  for (const { text, location } of warnings) {
    throw new Error(`${location?.file}:${location?.line}: ${text}`)
  }
  for (const file of files.filter((file) => !file.endsWith('.ts'))) {
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true })
    copyFileSync(join(root, file), join(root, 'dist', file))
  }
  return files.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`)
}

/** Every import stays an import, of the file as it is named in dist/. */
const importsAsBuilt: Plugin = {
  name: 'imports-as-built',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'entry-point'
        ? undefined
        : { path: path.replace(/^(\.\.?\/.*)\.ts$/, '$1.js'), external: true },
    )
  },
}
