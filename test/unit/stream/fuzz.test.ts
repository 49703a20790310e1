import { fuzzEvents, fuzzOutcomes } from '../../support/fuzz/streams.ts'

// A glance; test/slow has the rounds.
const fuzz = { rounds: 100, seed: 20261127 }
fuzzEvents(fuzz)
fuzzOutcomes(fuzz)
