import { CommandError, EXIT } from '../command.ts'

/** 5 % of a latency or a pace; 1 percentage point of a share. */
const DEFAULTS = { relative: 0.05, share: 0.01 }

/** From which a difference of a metric matters: 0.05 is 5 %, of a share 5 percentage points. */
export type Threshold = (metric: string, kind: keyof typeof DEFAULTS) => number

/** Reads `--threshold 10%` and `--threshold llm_ttft=10%`; what is given last holds. */
export function thresholds(texts: string[]): Threshold {
  let all: number | undefined
  const own = new Map<string, number>()
  for (const text of texts) {
    const parts = /^(?:([A-Za-z_]\w*)=)?(\d+(?:\.\d+)?)(%?)$/.exec(text)
    const value = parts && Number(parts[2]) / (parts[3] ? 100 : 1)
    if (!parts || value === null || value <= 0 || value > 10) {
      throw new CommandError(
        `--threshold ${text}: expected a share like 5% or 0.05, or METRIC=5%; of a rate it is in ` +
          'percentage points',
        EXIT.wrongUse,
      )
    }
    if (parts[1]) own.set(parts[1], value)
    else all = value
  }
  return (metric, kind) =>
    own.get(metric) ?? (kind === 'relative' ? all : undefined) ?? DEFAULTS[kind]
}
