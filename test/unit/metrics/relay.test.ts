import { beforeEach, expect, test } from 'vitest'
import { recordEnd, recordRelay } from '../../../src/metrics/request.ts'
import { samples, valuesOf } from '../../support/k6/metrics.ts'

beforeEach(() => {
  samples.length = 0
})

test('the relay of a request: its way, its delay, a connection where one was opened', () => {
  recordRelay({ overhead: 1.5, delay: 0 }, { model: 'm' })
  recordRelay({ overhead: 2.5, delay: 4, connect: 7 }, { model: 'm' })
  expect(valuesOf('llm_relay_overhead', { model: 'm' })).toEqual([1.5, 2.5])
  expect(valuesOf('llm_relay_delay', { model: 'm' })).toEqual([0, 4])
  expect(valuesOf('llm_connect', { model: 'm' })).toEqual([7])
})

test('what the relay itself failed is counted apart, whatever thresholds there are', () => {
  const end = (kind: 'relay' | 'reset') =>
    recordEnd(
      { error: { kind, status: 0, code: undefined, message: 'x', retryAfter: undefined } },
      {},
    )
  end('reset')
  expect(valuesOf('llm_relay_errors')).toEqual([])
  end('relay')
  expect(valuesOf('llm_relay_errors')).toEqual([1])
  expect(valuesOf('llm_errors')).toEqual([1, 1])
  expect(valuesOf('llm_available')).toEqual([0, 0])
})
