import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Real servers, by hand: `npm test` does not know of them (test/servers/README.md).
export default defineConfig({
  resolve: { alias: { '#node': fileURLToPath(new URL('src/node.ts', import.meta.url)) } },
  test: {
    include: ['test/servers/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
})
