import { describe } from 'vitest'
import { fuzzLongStreams, fuzzShortStreams } from '../../support/fuzz/moulds.ts'

describe('read by comparison and in full, a stream says the same', () => {
  fuzzShortStreams(1500)
  fuzzLongStreams(1000)
})
