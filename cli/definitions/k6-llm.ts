import { type Api, interpretStream, toResult } from '#node'
import type { Tool } from './tool.ts'

/** Ours: what the library itself makes of the recording. */
export function k6Llm(api: Api): Tool {
  return {
    name: 'k6-llm',
    column: 'k6-llm',
    version: 'this one',
    figures({ recording }) {
      const outcome = interpretStream(recording, { api })
      const { ok, timing, usage } = toResult(recording, outcome, true)
      if (!ok) return undefined
      const { ttft, ttfo, gaps, tpot, duration } = timing
      return { ttft, ttfo, itl: gaps, tpot, e2e: duration, tokens: usage.completionTokens }
    },
    why: {},
  }
}
