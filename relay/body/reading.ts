import {
  APIS,
  type Api,
  interpretStream,
  type Recording,
  type RequestNote,
  type StreamOutcome,
  writeOutcome,
} from '#node'
import type { CutBody } from './events.ts'

/**
 * Reads an answer for k6 where the script wants what it says and not its events: with the
 * library's own reader, 1.5 us an event here and 20 in k6's engine. What is no stream, or none that
 * went well, k6 gets as it came: its words are in the body.
 */
export function readHere(recording: Recording, note: RequestNote | undefined): Recording {
  const { status, source } = recording
  if (!note?.read || source !== 'stream' || status < 200 || status >= 300) return recording
  const outcome = read(recording, note)
  if (outcome === undefined || outcome.events === 0) return recording
  const { at, data, event, raw, rawAt, ...rest } = recording
  const gaps = outcome.timing?.gaps?.map((ms) => Math.round(ms * 1000) / 1000)
  return { ...rest, outcome: writeOutcome(outcome), ...(gaps && { gaps }) }
}

/** Whether anything that the server generated is in what has come so far. */
export function hasOutput(soFar: CutBody, note: RequestNote | undefined): boolean {
  const recording = { startedAt: 0, endedAt: 0, status: 200, headers: {}, ...soFar }
  const outcome = note && read(recording, note)
  if (outcome !== undefined) return outcome.generated.length > 0
  return (soFar.data ?? []).length + (soFar.raw ?? []).length > 0
}

function read(recording: Recording, note: RequestNote): StreamOutcome | undefined {
  const api = APIS.find((name: Api) => name === note.api)
  if (api === undefined) return undefined
  const { stallLimit, stream } = note
  return interpretStream(recording, { api, stallLimit, stream })
}
