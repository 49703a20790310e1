import { defineConfig } from 'vitest/config'

// Real servers, by hand: `npm test` does not know of them (test/servers/README.md). `#node` is what
// was built, as for a user.
export default defineConfig({
  test: {
    include: ['test/servers/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
})
