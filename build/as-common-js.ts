import { type Plugin, rollup } from 'rollup'
import { minify } from 'terser'
import { k6Module } from './entries.ts'

const entry = `// The names of the library; its code is in index.cjs, since k6 0.47 reads a module through Babel
// (a minute and 3 GB for this one) and a CommonJS file as it is. Every later k6 reads both.
`

/**
 * Writes the bundle as CommonJS, compact, and `index.js` beside it, the module that scripts import.
 *
 * Functions keep their names, and lines end: a stack trace is all that k6 shows of a fault.
 * Semicolons stay: k6 0.57 to 2.2 miss the end of a statement after a property with a keyword's name
 * (`x.function`).
 */
export const asCommonJs: Plugin = {
  name: 'as-commonjs',
  async renderChunk(source) {
    const bundle = await rollup({
      input: 'index',
      external: [k6Module],
      treeshake: false, // it was, a moment ago
      plugins: [
        {
          name: 'only',
          resolveId: (id) => (k6Module.test(id) ? null : id),
          load: () => source,
        },
      ],
    })
    const { output } = await bundle.generate({
      format: 'cjs',
      exports: 'named',
      esModule: false,
      externalLiveBindings: false,
      generatedCode: { constBindings: true },
    })
    const { code } = await minify(output[0].code, {
      ecma: 2017,
      compress: false,
      mangle: { keep_fnames: true, toplevel: true },
      format: { max_line_len: 200, quote_style: 1 },
    })
    return { code: `${code}\n`, map: null }
  },
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      const source = `${entry}export { ${chunk.exports.join(', ')} } from './${chunk.fileName}'\n`
      this.emitFile({ type: 'asset', fileName: 'index.js', source })
    }
  },
}
