import { fuzzCsv } from '../../support/fuzz/csv.ts'

fuzzCsv(20_000)
