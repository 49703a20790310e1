// What k6 loads: the bundle, and the second entry beside it; and the same code for Node's programs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import replace from '@rollup/plugin-replace'
import { type InputOptions, type OutputOptions, type Plugin, rollup } from 'rollup'
import { asCommonJs } from './as-common-js.ts'
import { typescriptForK6 } from './compile.ts'
import { beside, external } from './entries.ts'
import { LAZY } from './lazy/groups-of-src.ts'
import { lazyModules } from './lazy/lazy-modules.ts'
import { makeNodeEntry } from './node-entry.ts'
import { pageText } from './page-text.ts'
import { root } from './root.ts'

const { version }: { version: string } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

const compiled = typescriptForK6('src')
const code = (): Plugin[] => [
  pageText(),
  replace({ preventAssignment: true, values: { __VERSION__: version } }),
  compiled,
]

/** `dist/index.js` with `dist/index.cjs`, and `dist/xk6-sse.js` beside it. */
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
    ...(await makeNodeEntry(version)),
  ]
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
