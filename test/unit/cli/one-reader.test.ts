// Streams are read once: what the library makes of one, the column k6-llm of `definitions` and
// `doctor` show.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type StreamRecording, toReply } from '../../../cli/definitions/reply.ts'
import { createSummary, toolsFor } from '../../../cli/definitions/summary.ts'
import { phasesOf } from '../../../cli/doctor/phases.ts'
import type { Exchange } from '../../../cli/doctor/request.ts'
import { readStream } from '../../../cli/doctor/stream.ts'
import { toResult } from '../../../src/chat/result.ts'
import type { Api } from '../../../src/stream/dialects/index.ts'
import { interpretStream } from '../../../src/stream/interpret.ts'
import { parseJson } from '../../../src/stream/json.ts'
import { createParser } from '../../../src/stream/sse.ts'
import { fixtures, recordingOf, rowFixtures } from '../../support/fixtures.ts'

interface Case {
  api: Api
  recording: StreamRecording
  /** the bytes, cut where an event (or row) is complete: as many as there are times */
  pieces: { at: number; text: string }[]
}

interface Recorded {
  name: string
  recording: StreamRecording
  want: { ttft: number; ttfo?: number; tpot?: number | null }
}

const recorded: Recorded[] = JSON.parse(readFileSync('test/fixtures/recordings.json', 'utf8'))

const cases: [string, Case][] = [
  ...recorded.map(({ name, recording }): [string, Case] => {
    const pieces = recording.data.map((data, i) => ({
      at: recording.at[i] ?? 0,
      text: `data: ${data}\n\n`,
    }))
    return [name, { api: 'openai-chat', recording, pieces }]
  }),
  ...fixtures(/./).map(({ name, api, text }): [string, Case] => [
    name,
    { api, ...cutEvents(text) },
  ]),
  ...rowFixtures().map(({ name, api, text }): [string, Case] => [name, { api, ...cutRows(text) }]),
]

/** Events arrive 10 ms apart, and so do lines that are none. */
function cutEvents(text: string): Omit<Case, 'api'> {
  const events: { data: string; event: string }[] = []
  const raw: string[] = []
  const pieces: Case['pieces'] = []
  let from = 0
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onUnknownLine: (line) => raw.push(line),
  })
  for (let to = 1; to <= text.length; to++) {
    const before = events.length
    parser.feed(text.slice(to - 1, to))
    if (events.length === before) continue
    pieces.push({ at: events.length * 10, text: text.slice(from, to) })
    from = to
  }
  pieces.push({ at: events.length * 10 + 10, text: text.slice(from) })
  return { recording: streamed(recordingOf(events, raw)), pieces }
}

function cutRows(text: string): Omit<Case, 'api'> {
  const lines = text.split(/(?<=\n)/)
  // The last line counts without its end too, if it is whole.
  const whole = lines.filter((line) => line.endsWith('\n') || parseJson(line))
  const pieces = lines.map((line, i) => ({ at: 10 + i * 10, text: line }))
  return {
    recording: streamed(
      recordingOf(
        [],
        whole.map((line) => line.trimEnd()),
      ),
    ),
    pieces,
  }
}

function streamed(recording: ReturnType<typeof recordingOf>): StreamRecording {
  return { ...recording, at: recording.at ?? [], data: recording.data ?? [] }
}

/** The same as an exchange of doctor's, whose times count from its start. */
function toExchange({ recording, pieces }: Case): Exchange {
  const { startedAt, headersAt = startedAt, endedAt, status, headers } = recording
  return {
    method: 'POST',
    url: 'http://127.0.0.1/',
    status,
    headers,
    at: { headers: headersAt - startedAt, total: endedAt - startedAt },
    arrivals: pieces.map(({ at, text }) => ({ at, bytes: text.length })),
    pieces,
    body: pieces.map(({ text }) => text).join(''),
    error: undefined,
  }
}

describe.each(cases)('%s', (_name, one) => {
  const { api, recording } = one
  const outcome = interpretStream(recording, { api })
  const ours = toResult(recording, outcome, true)
  const { ttft, ttfo, gaps, tpot, duration } = ours.timing

  test('definitions', () => {
    const [k6Llm] = toolsFor(api)
    const tokens = ours.usage.completionTokens
    expect(k6Llm?.name).toBe('k6-llm')
    expect(k6Llm?.figures(toReply(recording))).toEqual(
      ours.ok ? { ttft, ttfo, itl: gaps, tpot, e2e: duration, tokens } : undefined,
    )
  })

  test('doctor', () => {
    const read = readStream(toExchange(one), api)
    expect(read.result.timing).toEqual(ours.timing)
    expect(read.result.timing.gaps).toEqual(gaps)
    expect(read.result.usage).toEqual(ours.usage)
    expect(read.result.error).toEqual(ours.error)
    expect(phasesOf(read)).toMatchObject({
      firstToken: ttft ?? null,
      events: ours.stream.chunks,
      tokens: ours.usage.completionTokens ?? null,
    })
  })
})

test.each(recorded)('$name: the figures that it must give', ({ recording, want }) => {
  const { timing } = interpretStream(recording, { api: 'openai-chat' })
  for (const [name, value] of Object.entries(want)) {
    expect(timing?.[name as 'ttft' | 'ttfo' | 'tpot'], name).toBe(value ?? undefined)
  }
  const summary = createSummary('openai-chat')
  summary.add(recording)
  expect(summary.columns()[0]?.values.slice(1, 3)).toEqual([timing?.ttft, timing?.ttfo])
})
