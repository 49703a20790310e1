import { readFileSync } from 'node:fs'
import type { Api } from '../../src/stream/dialects/index.ts'
import type { Recording } from '../../src/stream/recording.ts'
import { createParser } from '../../src/stream/sse.ts'

/** A value of a result, or what must hold of it. */
type Want =
  | { near: [value: number, tolerance: number] }
  | { absent: true }
  | { number: true }
  | { atLeast: number }
  | { has: string }
  | { oneOf: unknown[] }

/** A stream as some server sends it, by a public report or its documents. */
export interface VendorStream {
  name: string
  /** Where it was seen. */
  from: string
  what: string
  api: Api
  /** Content type. @default text/event-stream */
  type?: string
  /** Sent one by one, `GAP` ms apart. */
  pieces: string[]
  /** By path into the result (`usage.promptTokens`): its value, or a {@link Want}. */
  want: { [path: string]: unknown }
}

export const GAP = 20

/** The streams of test/fixtures/vendor-streams.json. */
export function vendorStreams(): VendorStream[] {
  const file = new URL('../fixtures/vendor-streams.json', import.meta.url)
  const streams: VendorStream[] = JSON.parse(readFileSync(file, 'utf8'))
  for (const stream of streams) stream.pieces = stream.pieces.map(withLong)
  return streams
}

/** `<2000000 x>` is as many of that letter. */
function withLong(piece: string): string {
  return piece.replace(/<(\d+) (\w)>/g, (_all, count: string, letter: string) =>
    letter.repeat(Number(count)),
  )
}

/** What a transport that sees the bytes records of pieces that arrive `GAP` ms apart. */
export function recordingOfPieces(pieces: string[], type = 'text/event-stream'): Recording {
  const at: number[] = []
  const data: string[] = []
  const event: string[] = []
  const raw: string[] = []
  const rawAt: number[] = []
  let now = 1000
  const parser = createParser({
    onEvent(read) {
      at.push(now)
      data.push(read.data)
      event.push(read.event === 'message' ? '' : read.event)
    },
    onUnknownLine(line) {
      raw.push(line)
      rawAt.push(now)
    },
  })
  const headersAt = now
  for (const piece of pieces) {
    now += GAP
    parser.feed(piece)
  }
  // A body that is no event stream may end without a line end.
  if (data.length === 0) parser.feed('\n')
  parser.end()
  const headers = { 'Content-Type': type }
  const times = { startedAt: 1000, headersAt, endedAt: now }
  return { source: 'stream', ...times, status: 200, headers, at, data, event, raw, rawAt }
}

/** What of a result is not as it must be, one line each. */
export function differences(result: object, want: VendorStream['want']): string[] {
  return Object.entries(want)
    .filter(([path, wanted]) => !holds(valueAt(result, path), wanted))
    .map(([path, wanted]) => {
      return `${path}=${JSON.stringify(valueAt(result, path))}, want ${JSON.stringify(wanted)}`
    })
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as { [key: string]: unknown } | null)?.[key], value)
}

function holds(value: unknown, wanted: unknown): boolean {
  if (!isCondition(wanted)) return JSON.stringify(value) === JSON.stringify(wanted)
  if ('near' in wanted) {
    return typeof value === 'number' && Math.abs(value - wanted.near[0]) <= wanted.near[1]
  }
  if ('number' in wanted) return typeof value === 'number'
  if ('atLeast' in wanted) return typeof value === 'number' && value >= wanted.atLeast
  if ('has' in wanted) return typeof value === 'string' && value.includes(wanted.has)
  if ('oneOf' in wanted) return wanted.oneOf.includes(value === undefined ? null : value)
  return value === undefined || value === null
}

const CONDITIONS = /^(near|absent|number|atLeast|has|oneOf)$/

function isCondition(wanted: unknown): wanted is Want {
  if (wanted === null || typeof wanted !== 'object' || Array.isArray(wanted)) return false
  const keys = Object.keys(wanted)
  return keys.length === 1 && CONDITIONS.test(keys[0] as string)
}
