import { expect, test } from 'vitest'
import { toResult } from '../../../src/chat/result.ts'
import { interpretStream } from '../../../src/stream/interpret.ts'
import { differences, recordingOfPieces, vendorStreams } from '../../support/vendor-streams.ts'

const streams = vendorStreams()

test('there are many', () => expect(streams.length).toBeGreaterThanOrEqual(86))

test.each(streams)('$name ($from): $what', ({ api, type, pieces, want }) => {
  const recording = recordingOfPieces(pieces, type)
  const result = toResult(recording, interpretStream(recording, { api }), true)
  expect(Object.keys(want).length).toBeGreaterThan(0)
  expect(differences(result, want)).toEqual([])
  // Read without the mould of ordinary events it is the same.
  const parsed = interpretStream(recording, { api, scan: false })
  expect(toResult(recording, parsed, true)).toEqual(result)
})
