// The fuzz tests with more rounds than `npm test` has, for a nightly run:
//   npm run fuzz -- [rounds, default 100000] [seed, default today's]
import { startVitest } from 'vitest/node'

const [rounds = '100000', seed = new Date().toISOString().slice(0, 10).replaceAll('-', '')] =
  process.argv.slice(2)
if (!/^[1-9]\d*$/.test(rounds) || !/^\d+$/.test(seed)) {
  console.error(`fuzz: expected npm run fuzz -- [rounds] [seed], got ${rounds} ${seed}`)
  process.exit(2)
}
process.env.FUZZ_ROUNDS = rounds
process.env.FUZZ_SEED = seed
console.log(`fuzz: ${rounds} rounds, seed ${seed}`)

const vitest = await startVitest('test', ['test/slow/stream/fuzz.test.ts'], {
  project: ['slow'],
  watch: false,
})
await vitest?.close()
