// The samples of this VU, on their way to main.
import { boardOf } from '../board.ts'
import type { Sample, Tags } from '../messages.ts'
import { fieldsOf } from '../script-values.ts'
import { data, state, tell } from './state.ts'

export const board = boardOf(data.board)

let batch: Sample[] = []
const LIMIT = 500

/** The tags of a sample now: the VU's and the sample's own. */
export function tagged(own?: Tags): Tags {
  return own === undefined ? { ...state.tags } : { ...state.tags, ...own }
}

/**
 * @param tags the same object for samples of one event
 * @param time ms since the start
 */
export function emit(
  metric: string,
  value: number,
  tags: Tags,
  time: number = board.elapsed(),
): void {
  batch.push([metric, value, time, tags])
  if (batch.length >= LIMIT) flush()
}

/** Hands the samples over: before the thread parks, and when an iteration ends. */
export function flush() {
  if (batch.length === 0) return
  tell({ kind: 'samples', batch })
  batch = []
}

/** A script's tags as k6 takes them: values that are strings, numbers or booleans. */
export function readTags(tags: unknown): Tags | undefined {
  if (tags === undefined || tags === null) return undefined
  const read: Tags = {}
  for (const [name, value] of Object.entries(fieldsOf(tags))) {
    if (value === null || value === undefined) continue
    if (typeof value === 'object' || typeof value === 'function') {
      throw new TypeError(
        `invalid value for metric tag '${name}': only String, Boolean and Number types are accepted as a metric tag values`,
      )
    }
    read[name] = String(value)
  }
  return read
}
