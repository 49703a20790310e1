import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { pageText } from './build/page-text.js'
import { findTestedK6 } from './cli/find-k6.js'

const fake = (name: string) => fileURLToPath(new URL(`test/support/k6/${name}.ts`, import.meta.url))

/** k6's modules outside k6. */
const alias = {
  'k6/execution': fake('execution'),
  'k6/metrics': fake('metrics'),
  'k6/crypto': fake('crypto'),
  'k6/encoding': fake('encoding'),
  'k6/data': fake('data'),
  'k6/http': fake('http'),
  'k6/x/sse': fake('sse'),
  k6: fake('k6'),
  // The source of what the programs share with the library, not what was built of it.
  '#node': fileURLToPath(new URL('src/node.ts', import.meta.url)),
}

// With a real k6 the examples, their faults and times are enough for the preview; without one it
// stands in wherever it can.
const onPreview = [
  'accuracy',
  'any-server',
  'ending',
  'examples',
  'faults',
  'models',
  'overload',
  'slow-network',
]
onPreview.push('stories', 'sweep', 'traffic-examples')
if (findTestedK6().length === 0) {
  onPreview.push('cdn', 'fixtures', 'flavors', 'library', 'misuse', 'validity', 'variables')
}

/** Files of test/k6 that judge times: they have the machine to themselves. */
const TIMED = [
  'accuracy',
  'overload',
  'schedule',
  'sweep',
  'traffic',
  'traffic-examples',
  'validity',
]

const fileOf = (name: string) => `test/k6/${name}.test.ts`

/** Programs are started, and most of the time is waited for them. */
const patient = { testTimeout: 180_000, hookTimeout: 180_000 }

/** Of the project's own, vitest leaves one core to itself: on two that is one file at a time. */
const ofNode = { maxWorkers: 2, after: 0 }

/** Most of a file is waiting: three at a time leave two cores some time to spare. */
const sideBySide = { maxWorkers: 3 }

interface Project {
  name: string
  include: string[]
  exclude?: string[]
  env?: Record<string, string>
  globalSetup?: string[]
  pool?: 'threads'
  isolate?: boolean
  setupFiles?: string[]
  maxWorkers?: number
  testTimeout?: number
  hookTimeout?: number
  /** Projects of one number run at a time, those of the next after them. */
  after: number
}

const project = ({ after, ...test }: Project) => ({
  plugins: [pageText()],
  test: { ...test, sequence: { groupOrder: after } },
  resolve: { alias },
})

const preview = { env: { K6_ENGINE: 'preview' }, ...patient }

export default defineConfig({
  test: {
    projects: [
      // The source with k6 replaced by fakes on a virtual clock: no time passes here, and a time
      // limit is for what hangs, not for a machine that is busy.
      project({
        name: 'unit',
        include: ['test/unit/**/*.test.ts'],
        pool: 'threads', // nothing here needs a process, which costs more to start
        isolate: false, // test/support/fresh-file.ts
        setupFiles: ['test/support/fresh-file.ts'],
        testTimeout: 60_000,
        ...ofNode,
      }),
      // Servers and commands of Node, which the tests start.
      project({
        name: 'programs',
        include: ['test/programs/**/*.test.ts'],
        testTimeout: 60_000,
        ...ofNode,
      }),
      // The relay in this process or its own, against servers that misbehave; no k6.
      project({
        name: 'relay',
        include: ['test/relay/**/*.test.ts'],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        ...ofNode,
      }),
      // What is shipped: dist/ as it was built.
      project({ name: 'package', include: ['test/package/**/*.test.ts'], ...patient, ...ofNode }),
      // What chance finds in many rounds, and statistics.
      project({
        name: 'slow',
        include: ['test/slow/**/*.test.ts'],
        testTimeout: 120_000,
        ...ofNode,
      }),
      // dist/ on every real k6 that is found, against the simulator.
      project({
        name: 'k6',
        include: ['test/k6/**/*.test.ts'],
        exclude: TIMED.map(fileOf),
        globalSetup: ['test/support/announce-k6.ts'],
        ...patient,
        ...sideBySide,
        after: 1,
      }),
      // The same tables on the preview, which needs no k6 (docs/preview.md).
      project({
        name: 'preview',
        include: ['test/preview/**/*.test.ts', ...onPreview.map(fileOf)],
        exclude: TIMED.map(fileOf),
        ...preview,
        ...sideBySide,
        after: 1,
      }),
      // One after the other: two k6 at once on two cores would measure each other.
      project({
        name: 'k6-timed',
        include: TIMED.map(fileOf),
        ...patient,
        maxWorkers: 1,
        after: 2,
      }),
      project({
        name: 'preview-timed',
        include: TIMED.filter((name) => onPreview.includes(name)).map(fileOf),
        ...preview,
        maxWorkers: 1,
        after: 3,
      }),
    ],
  },
})
