// What Node's programs share with the library. Node reads what esbuild writes: only k6 needs the
// slower way (compile.ts).
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { k6Module } from './entries.ts'
import { pageFile, pageModule } from './page-text.ts'
import { root } from './root.ts'

/** Writes `dist/node.js`, and tells so. */
export async function makeNodeEntry(version: string): Promise<string[]> {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/node.ts'],
    outfile: 'dist/node.js',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    // There is no VU in Node.
    define: { __VU: 'undefined' },
    plugins: [withoutK6, textOfPage, versionOf(version)],
    logLevel: 'silent',
  })
  return ['dist/node.js']
}

/** Modules of k6 that its sources name end in a stand-in; nobody asks for them. */
const withoutK6: Plugin = {
  name: 'without-k6',
  setup({ onResolve }) {
    const path = join(root, 'build/k6-in-node.ts')
    // Metrics are made when their module loads: package.json has no side effects for src/, either.
    onResolve({ filter: k6Module }, () => ({ path, sideEffects: false }))
  },
}

const textOfPage: Plugin = {
  name: 'page-text',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\?(compact|packed)$/ }, ({ path, importer }) => {
      const file = pageFile(path, importer)
      return file && { path: file.path, namespace: 'page-text', pluginData: file }
    })
    onLoad({ filter: /.*/, namespace: 'page-text' }, async ({ pluginData }) => ({
      contents: await pageModule(pluginData),
    }))
  },
}

const versionOf = (version: string): Plugin => ({
  name: 'version',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]version\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace('__VERSION__', version),
      loader: 'ts',
    }))
  },
})
