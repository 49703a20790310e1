import type { Finish } from '../request/request.ts'
import type { Pace } from '../timing/pace.ts'

/** One step of a streamed answer, before a wire gives it its bytes. */
export interface AnswerEvent {
  kind: EventKind
  /** ms after the start of the answer */
  at: number
  /** generated tokens in it */
  tokens: number
  /** of the choice */
  index: number
  text?: string
  /** which of the tool calls */
  call?: number
  /** of the tool, on the first event of a call */
  name?: string
  /** the last event of a call */
  closes?: boolean
  finish?: Finish | null
  /** an error that comes before all else */
  first?: boolean
  /** of the prompt that is processed, from 0 to 1 */
  part?: number
  /** of a wait */
  until?: Pace['wait']
}

/**
 * `stall` and `reset` write nothing: the first keeps the connection and says no more, the second
 * cuts it. After a `wait` there is more when its `until` says so.
 */
type EventKind =
  | 'role'
  | 'reasoning'
  | 'token'
  | 'tool'
  | 'finish'
  | 'usage'
  | 'done'
  | 'error'
  | 'malformed'
  | 'ping'
  | 'progress'
  | 'stall'
  | 'reset'
  | 'wait'

export function event(kind: EventKind, at: number, index = 0): AnswerEvent {
  return { kind, at, tokens: 0, index }
}
