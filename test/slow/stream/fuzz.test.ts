import { fuzzEvents, fuzzOutcomes } from '../../support/fuzz/streams.ts'

/** `npm run fuzz` sets more rounds, and another seed for each night. */
const fuzz = {
  rounds: Number(process.env.FUZZ_ROUNDS || 2000),
  seed: Number(process.env.FUZZ_SEED || 20261124),
}
fuzzEvents(fuzz)
fuzzOutcomes(fuzz)
