import { readFileSync } from 'node:fs'
import replace from '@rollup/plugin-replace'
import typescript from '@rollup/plugin-typescript'
import { dts } from 'rollup-plugin-dts'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

// k6's own modules stay imports.
const k6 = /^k6(\/|$)/
const code = () => [
  replace({ preventAssignment: true, values: { __VERSION__: version } }),
  typescript({ noEmitOnError: true, declaration: false, removeComments: true }),
]

// The second entry keeps its import of the first: two copies of the library in one script would
// be two sets of functions in every VU.
const beside = {
  external: [k6, /[\\/]index\.(js|ts)$/],
  paths: (/** @type {string} */ id) => (/[\\/]index\.(js|ts)$/.test(id) ? './index.js' : id),
}

export default [
  {
    input: 'src/index.ts',
    external: [k6],
    output: { file: 'dist/index.js', format: 'es' },
    plugins: code(),
  },
  {
    input: 'src/xk6-sse.ts',
    external: beside.external,
    output: { file: 'dist/xk6-sse.js', format: 'es', paths: beside.paths },
    plugins: code(),
  },
  {
    input: 'src/index.ts',
    external: [k6],
    output: { file: 'dist/index.d.ts', format: 'es' },
    plugins: [dts()],
  },
  {
    input: 'src/xk6-sse.ts',
    external: beside.external,
    output: { file: 'dist/xk6-sse.d.ts', format: 'es', paths: beside.paths },
    plugins: [dts()],
  },
]
