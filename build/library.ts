// What k6 loads: the bundle, and the second entry beside it; and the same code for Node's programs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import replace from '@rollup/plugin-replace'
import { type InputOptions, type OutputOptions, type Plugin, rollup } from 'rollup'
import { asCommonJs } from './as-common-js.ts'
import { typescriptForK6 } from './compile.ts'
import { beside, external, k6Module } from './entries.ts'
import { LAZY } from './lazy/groups-of-src.ts'
import { lazyModules } from './lazy/lazy-modules.ts'
import { pageText } from './page-text.ts'
import { root } from './root.ts'

const { version }: { version: string } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

const compiled = typescriptForK6()
const code = (): Plugin[] => [
  pageText(),
  replace({ preventAssignment: true, values: { __VERSION__: version } }),
  compiled,
]

/**
 * `dist/index.js` with `dist/index.cjs`, `dist/xk6-sse.js` beside it, and `dist/node.js`. In one
 * process: the sources are compiled once.
 */
export async function makeLibrary(): Promise<string[]> {
  return [
    ...(await write(
      { input: 'src/index.ts', external, plugins: [...code(), lazyModules(LAZY), asCommonJs] },
      { file: 'dist/index.cjs' },
    )),
    ...(await write(
      { input: 'src/xk6-sse.ts', external: beside.external, plugins: code() },
      { file: 'dist/xk6-sse.js', paths: beside.paths },
    )),
    ...(await makeNodeEntry()),
  ]
}

/** `dist/node.js`, which needs no module of k6: those that its sources name end in a stand-in. */
async function makeNodeEntry(): Promise<string[]> {
  const standIn = join(root, 'build/k6-in-node.ts')
  const withoutK6: Plugin = {
    name: 'without-k6',
    resolveId: (id) => (k6Module.test(id) ? standIn : null),
  }
  // Nor a global of k6: there is no VU in Node.
  const outsideVu = replace({ preventAssignment: true, values: { 'typeof __VU': `'undefined'` } })
  return write(
    {
      input: 'src/node.ts',
      plugins: [withoutK6, outsideVu, ...code()],
      // Metrics are made when their module loads; here nobody asks for them.
      treeshake: { moduleSideEffects: false },
    },
    { file: 'dist/node.js' },
  )
}

async function write(input: InputOptions, output: OutputOptions & { file: string }) {
  const bundle = await rollup({ ...input, input: join(root, String(input.input)) })
  const { output: files } = await bundle.write({
    format: 'es',
    ...output,
    file: join(root, output.file),
  })
  await bundle.close()
  return files.map(({ fileName }) => `dist/${fileName}`)
}
