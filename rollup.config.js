import { readFileSync } from 'node:fs'
import replace from '@rollup/plugin-replace'
import typescript from '@rollup/plugin-typescript'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { minify } from 'terser'
import { lazyModules } from './build/lazy-modules.js'
import { pageText } from './build/page-text.js'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

// k6's own modules stay imports.
const k6 = /^k6(\/|$)/
const code = () => [
  pageText(),
  replace({ preventAssignment: true, values: { __VERSION__: version } }),
  typescript({ noEmitOnError: true, declaration: false, removeComments: true }),
]

const entry = `// The names of the library; its code is in index.cjs, since k6 0.47 reads a module through Babel
// (a minute and 3 GB for this one) and a CommonJS file as it is. Every later k6 reads both.
`

/**
 * Writes the bundle as CommonJS, compact, and `index.js` beside it, the module that scripts import.
 *
 * Functions keep their names, and lines end: a stack trace is all that k6 shows of a fault.
 * Semicolons stay: k6 0.57 to 2.2 miss the end of a statement after a property with a keyword's name
 * (`x.function`).
 *
 * @type {import('rollup').Plugin}
 */
const asCommonJs = {
  name: 'as-commonjs',
  async renderChunk(source) {
    const only = {
      name: 'only',
      resolveId: (/** @type {string} */ id) => (k6.test(id) ? null : id),
    }
    const bundle = await rollup({
      input: 'index',
      external: [k6],
      plugins: [{ ...only, load: () => source }],
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

/**
 * For the programs of Node: wrong use is told by an exception there, as at k6's init.
 *
 * @type {import('rollup').Plugin}
 */
const withoutK6 = {
  name: 'without-k6',
  resolveId: (id) => (k6.test(id) ? `\0${id}` : null),
  load: (id) => (id.startsWith('\0k6') ? 'export default {}' : null),
}

// The second entry keeps its import of the first: two copies of the library in one script would
// be two sets of functions in every VU.
const beside = {
  external: [k6, /[\\/]index\.(js|ts)$/],
  paths: (/** @type {string} */ id) => (/[\\/]index\.(js|ts)$/.test(id) ? './index.js' : id),
}

// What a VU may never use: made at first use (build/lazy-modules.js, CONTRIBUTING.md). In a VU
// each function costs about 1 KB from the moment the file is loaded.
const dialects = [
  ...readFileSync(new URL('src/stream/dialects/index.ts', import.meta.url), 'utf8').matchAll(
    /from '\.\/([\w-]+)\.ts'/g,
  ),
].map((match) => /** @type {const} */ ([match[1], [`src/stream/dialects/${match[1]}.ts`]]))

const lazy = {
  // Only the dialect that a request is written in.
  ...Object.fromEntries(dialects),
  // Only at a request: a test's setup, teardown and summary are VUs too.
  request: [
    'src/chat/request.ts',
    'src/chat/result.ts',
    'src/stream/interpret.ts',
    'src/stream/sse.ts',
    'src/metrics/goodput.ts',
    'src/metrics/request.ts',
    'src/metrics/arrival.ts',
  ],
  embeddings: ['src/chat/embed.ts'],
  // Only in setup.
  login: ['src/chat/login.ts'],
  // Only in handleSummary.
  report: ['src/report/record.ts', 'src/report/text.ts'],
  messages: ['src/report/messages.ts', 'src/report/advice-texts.ts'],
  markdown: ['src/report/markdown.ts'],
  html: ['src/report/html.ts'],
  baseline: ['src/report/baseline.ts'],
  // Only in scripts that have such a thing.
  models: ['src/models/manager.ts'],
  serverMetrics: ['src/chat/server-metrics.ts'],
  sla: ['src/sla/limits.ts'],
  slaPresets: [
    'src/sla/presets/guide.ts',
    'src/sla/presets/mlperf.ts',
    'src/sla/presets/use-cases.ts',
  ],
  scale: ['src/workload/scale.ts'],
  warmup: ['src/workload/warmup.ts'],
  sweep: ['src/workload/sweep.ts'],
  profiles: ['src/workload/standard-profiles.ts'],
  distribution: ['src/workload/distribution.ts'],
  arrivals: ['src/workload/arrivals.ts'],
  datasets: ['src/workload/datasets.ts'],
  synthetic: ['src/workload/synthetic.ts'],
  persistence: ['src/persistence.ts'],
  relay: ['src/chat/transports/relay.ts', 'src/chat/transports/relay-protocol.ts'],
}

export default [
  {
    input: 'src/index.ts',
    external: [k6],
    output: { file: 'dist/index.cjs', format: 'es' },
    plugins: [...code(), lazyModules(lazy), asCommonJs],
  },
  {
    input: 'src/xk6-sse.ts',
    external: beside.external,
    output: { file: 'dist/xk6-sse.js', format: 'es', paths: beside.paths },
    plugins: code(),
  },
  {
    // For the command in Node, which has none of k6's modules: what of them the source names is
    // not used by these functions, and goes.
    input: 'src/report.ts',
    external: [k6],
    treeshake: { moduleSideEffects: 'no-external' },
    output: { file: 'dist/report.js', format: 'es' },
    plugins: code(),
  },
  {
    input: 'src/node.ts',
    output: { file: 'dist/node.js', format: 'es' },
    plugins: [withoutK6, ...code()],
  },
  {
    input: 'src/index.ts',
    external: [k6],
    output: { file: 'dist/index.d.ts', format: 'es' },
    plugins: [pageText(), dts()],
  },
  {
    input: 'src/xk6-sse.ts',
    external: beside.external,
    output: { file: 'dist/xk6-sse.d.ts', format: 'es', paths: beside.paths },
    plugins: [pageText(), dts()],
  },
]
