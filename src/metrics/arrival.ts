import type { Arrival } from '../chat/exchange.ts'
import type { ChatResult } from '../chat/result.ts'
import { record, type Tags } from './recorder.ts'

/**
 * Records how late a request began, and its time from when it was meant to: a load generator that
 * holds requests back while the service is slow hides the waiting ("coordinated omission", Gil
 * Tene), and this does not.
 *
 * @param startedAt when it was handed over, ms on the run's clock
 */
export function recordArrival(
  arrival: Arrival,
  startedAt: number,
  result: ChatResult,
  tags: Tags,
): void {
  const lag = Math.max(0, startedAt - arrival.at)
  record('llm_arrival_lag', lag, tags)
  if (result.ok) record('llm_response_time', lag + (result.timing.duration as number), tags)
}
