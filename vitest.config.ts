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
}

const source = fileURLToPath(new URL('src/node.ts', import.meta.url))

// With a real k6 the examples, their faults and times are enough for the preview; without one it
// stands in wherever it can.
const preview = ['accuracy', 'examples', 'faults', 'models', 'stories', 'sweep']
if (findTestedK6().length === 0) {
  preview.push('cdn', 'fixtures', 'flavors', 'library', 'misuse', 'validity', 'variables')
}

export default defineConfig({
  test: {
    projects: [
      {
        // The source with k6 replaced by fakes on a virtual clock: no time passes here.
        plugins: [pageText()],
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'] },
        // The source of what the programs share with the library too, not what was built of it.
        resolve: { alias: { ...alias, '#node': source } },
      },
      {
        // What is shipped: dist/ as it was built.
        plugins: [pageText()],
        test: { name: 'package', include: ['test/package/**/*.test.ts'] },
      },
      {
        // dist/ on every real k6 that is found, against the simulator. One file at a time:
        // two k6 at once on two cores would measure each other.
        plugins: [pageText()],
        test: {
          name: 'k6',
          include: ['test/k6/**/*.test.ts'],
          globalSetup: ['test/support/announce-k6.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
        resolve: { alias },
      },
      {
        // The same tables on the preview, which needs no k6 (docs/preview.md), after all else.
        plugins: [pageText()],
        test: {
          name: 'preview',
          include: [
            'test/preview/**/*.test.ts',
            ...preview.map((name) => `test/k6/${name}.test.ts`),
          ],
          env: { K6_ENGINE: 'preview' },
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
        resolve: { alias },
      },
    ],
  },
})
