import { readFileSync } from 'node:fs'
import replace from '@rollup/plugin-replace'
import typescript from '@rollup/plugin-typescript'
import { dts } from 'rollup-plugin-dts'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const input = { index: 'src/index.ts', 'xk6-sse': 'src/xk6-sse.ts' }

// k6's own modules stay imports. The second entry keeps its import of the first: two copies
// of the library in one script would be two sets of functions in every VU.
const external = [/^k6(\/|$)/, /^\.\/index\.(js|ts)$/]
const paths = (/** @type {string} */ id) => (/[\\/]index\.ts$/.test(id) ? './index.js' : id)

export default [
  {
    input,
    external,
    output: { dir: 'dist', format: 'es', sourcemap: false, paths },
    plugins: [
      replace({ preventAssignment: true, values: { __VERSION__: version } }),
      typescript({ noEmitOnError: true, declaration: false }),
    ],
  },
  {
    input,
    external,
    output: { dir: 'dist', format: 'es', chunkFileNames: '[name].d.ts', paths },
    plugins: [dts()],
  },
]
