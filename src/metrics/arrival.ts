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
  /** Start of its first attempt, where it was sent again. */
  first = startedAt,
): void {
  const after = (time: number) => Math.max(0, time - arrival.at)
  record('llm_arrival_lag', after(first), tags)
  if (!result.ok) return
  record('llm_response_time', after(startedAt) + (result.timing.duration as number), tags)
}
