import { expect, test } from 'vitest'
import { toResult } from '../../../src/chat/result.ts'
import { interpretStream } from '../../../src/stream/interpret.ts'
import { parseOutcome, writeOutcome } from '../../../src/stream/read-outcome.ts'
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
  // Read by the relay and handed over as JSON too.
  const outcome = interpretStream(recording, { api })
  const received = parseOutcome(writeOutcome(outcome), outcome.timing?.gaps)
  expect(toResult(recording, received, true)).toEqual(result)
})
