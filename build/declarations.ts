// The types of what scripts import. Writes the paths of the files on stdout.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'
import { external } from './entries.ts'
import { pageText } from './page-text.ts'
import { root } from './root.ts'

const bundle = await rollup({
  input: join(root, 'src/index.ts'),
  external,
  plugins: [pageText(), dts({ tsconfig: join(root, 'tsconfig.json') })],
})
await bundle.write({ file: join(root, 'dist/index.d.ts'), format: 'es' })
await bundle.close()
console.log('dist/index.d.ts')

// The second entry stands alone: what it exports is all in its file.
const { outputText } = ts.transpileDeclaration(readFileSync(join(root, 'src/xk6-sse.ts'), 'utf8'), {
  fileName: 'xk6-sse.ts',
})
writeFileSync(join(root, 'dist/xk6-sse.d.ts'), outputText)
console.log('dist/xk6-sse.d.ts')
