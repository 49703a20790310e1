import type { AnswerEvent } from './event.ts'

/** When an answer's first and last tokens were due, in ms after its start. */
export interface Span {
  /** below 0: there was none */
  firstAt: number
  lastAt: number
}

export function createStopwatch() {
  return {
    firstAt: -1,
    lastAt: 0,
    see({ tokens, at }: AnswerEvent) {
      if (tokens === 0) return
      if (this.firstAt < 0) this.firstAt = at
      this.lastAt = at
    },
  }
}
