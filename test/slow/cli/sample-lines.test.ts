import { fuzzSampleLines } from '../../support/fuzz/sample-lines.ts'

fuzzSampleLines(40_000)
