import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { InputError, readLine, readLines } from '../../../cli/definitions/read.ts'
import { type StreamRecording, toReply } from '../../../cli/definitions/reply.ts'
import { createSummary, percentileOf, toolsFor } from '../../../cli/definitions/summary.ts'
import { toData, toText } from '../../../cli/definitions/table.ts'

type Json = Record<string, unknown>

const tools = toolsFor('openai-chat')

/** What came at which ms after the start; `[DONE]` 1 ms after the last, the end 1 ms later. */
function recorded(...events: [at: number, json: Json | string][]): StreamRecording {
  const last = events.at(-1)?.[0] ?? 0
  const all: typeof events = [...events, [last + 1, '[DONE]']]
  return {
    source: 'stream',
    startedAt: 1000,
    headersAt: 1005,
    endedAt: 1000 + last + 2,
    status: 200,
    headers: {},
    at: all.map(([at]) => 1000 + at),
    data: all.map(([, json]) => (typeof json === 'string' ? json : JSON.stringify(json))),
    event: all.map(() => ''),
  }
}

const chunk = (delta: Json, more: Json = {}, finish: string | null = null): Json => ({
  id: 'x',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})
const role = chunk({ role: 'assistant', content: '' })
const text = (content: string, tokens?: number) =>
  chunk({ content }, tokens === undefined ? {} : { usage: { completion_tokens: tokens } })
const finish = chunk({ content: '' }, {}, 'stop')
const usage = (completion_tokens: number, reasoning_tokens?: number) => ({
  ...chunk({}),
  choices: [],
  usage: { completion_tokens, completion_tokens_details: { reasoning_tokens } },
})

/** Figures by tool; `undefined` for one that counts the request as failed. */
function figuresOf(recording: StreamRecording) {
  const entries = tools.map((tool) => {
    const { weights, tokenizer, ...figures } = tool.figures(toReply(recording)) ?? {}
    return [tool.name, 'e2e' in figures ? figures : undefined]
  })
  return Object.fromEntries(entries)
}

const successesOf = (recording: StreamRecording) =>
  tools.filter((tool) => tool.figures(toReply(recording))).map((tool) => tool.name)

const spoken = {
  // Two tokens in the first chunk, said by cumulative usage; a gap; a stop token without text.
  multi: recorded(
    [10, role],
    [400, text('The answer', 2)],
    [420, text(' is', 3)],
    [670, text(' 4', 4)],
    [690, text('2', 5)],
    [710, finish],
    [711, usage(6)],
  ),
  reasoning: recorded(
    [10, role],
    [100, chunk({ reasoning_content: 'Let' })],
    [150, chunk({ reasoning: ' me' })],
    [300, text('4')],
    [320, text('2')],
    [330, finish],
    [331, usage(6, 3)],
  ),
  tools: recorded(
    [10, role],
    [200, chunk({ tool_calls: [{ index: 0, id: 't', function: { name: 'f' } }] })],
    [240, chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] })],
    [280, chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] })],
    [290, finish],
    [291, usage(12)],
  ),
  single: recorded([10, role], [200, text('Hi')], [201, finish], [202, usage(1)]),
  pair: recorded([10, role], [200, text('Hi!')], [201, finish], [202, usage(2)]),
  uncounted: recorded([10, role], [100, text('a')], [120, text('b')], [121, finish]),
}

test('a role-only chunk, two tokens in the first chunk, finish and usage chunks', () => {
  expect(figuresOf(spoken.multi)).toEqual({
    'k6-llm': { ttft: 400, ttfo: 400, itl: [20, 250, 20], tpot: 290 / 3, e2e: 690, tokens: 6 },
    'vllm bench serve': {
      ttft: 400,
      itl: [20, 250, 20, 20],
      tpot: 310 / 5,
      e2e: 710,
      tokens: 6,
    },
    AIPerf: { ttft: 400, ttfo: 400, itl: [58], tpot: 58, e2e: 690, tokens: 6 },
    GuideLLM: { ttft: 400, ttfo: 400, itl: [58], tpot: 115, e2e: 712, tokens: 6 },
    'inference-perf': { ttft: 400, itl: [20, 250, 20, 0], tpot: 58, e2e: 713, tokens: 6 },
    'xk6-llm': { ttft: 400, ttfo: 400, itl: [20, 250, 20], tpot: 312 / 5, e2e: 712, tokens: 6 },
  })
})

/**
 * What the tools themselves printed on 2026-11-27 of 100 streams by a server of known timing: 100
 * tokens, the first after 300 ms, then one each 20 ms (the last at 2280), a finish chunk with an empty
 * text at 2380. Ten at the time on a busy machine, so some ms are the machine's.
 */
const PRINTED: Record<string, { ttft: number; tpot: number; e2e: number }> = {
  'k6-llm': { ttft: 302.1, tpot: 20, e2e: 2281.5 },
  'vllm bench serve': { ttft: 303.6, tpot: 21, e2e: 2383.9 },
  AIPerf: { ttft: 302.6, tpot: 20, e2e: 2282 },
  GuideLLM: { ttft: 301.5, tpot: 22.8, e2e: 2381.9 },
  'xk6-llm': { ttft: 300.8, tpot: 21, e2e: 2380 },
}
/** Its e2e was not of this stream. */
const PRINTED_BY_INFERENCE_PERF = { ttft: 301.1, tpot: 20 }

describe('a known stream: each column says what that tool printed', () => {
  const known = recorded(
    [0, role],
    ...Array.from({ length: 100 }, (_, i): [number, Json] => [300 + 20 * i, text(' a')]),
    [2380, finish],
    [2380, usage(100)],
  )
  const columns = figuresOf(known) as Record<string, Record<string, number | number[]>>

  test('of every tool', () => {
    expect([...Object.keys(PRINTED), 'inference-perf'].sort()).toEqual(Object.keys(columns).sort())
  })

  test.each([
    ...Object.entries(PRINTED),
    ['inference-perf', PRINTED_BY_INFERENCE_PERF] as const,
  ])('%s', (name, printed) => {
    for (const [figure, ms] of Object.entries(printed)) {
      // TPOT to the figure that was printed; the others to what the machine and the wire added.
      const off = Number(columns[name]?.[figure]) - ms
      expect(Math.abs(off), `${figure} ${columns[name]?.[figure]}`).toBeLessThan(
        figure === 'tpot' ? 0.1 : 5,
      )
    }
  })
})

test('reasoning first', () => {
  expect(figuresOf(spoken.reasoning)).toEqual({
    'k6-llm': { ttft: 100, ttfo: 300, itl: [50, 150, 20], tpot: 44, e2e: 320, tokens: 6 },
    'vllm bench serve': { ttft: 150, itl: [150, 20, 10], tpot: 36, e2e: 330, tokens: 6 },
    AIPerf: { ttft: 100, ttfo: 300, itl: [44], tpot: 44, e2e: 320, tokens: 6 },
    GuideLLM: { ttft: 100, ttfo: 300, itl: [44], tpot: 320 / 6, e2e: 332, tokens: 6 },
    'inference-perf': { ttft: 300, itl: [20, 0], tpot: 4, e2e: 333, tokens: 6 },
    'xk6-llm': { ttft: 100, ttfo: 300, itl: [20], tpot: 16, e2e: 332, tokens: 6 },
  })
})

test('tool calls only', () => {
  expect(figuresOf(spoken.tools)).toEqual({
    'k6-llm': { ttft: 200, itl: [40, 40], tpot: 80 / 11, e2e: 280, tokens: 12 },
    'vllm bench serve': { ttft: 200, itl: [40, 40, 10], tpot: 90 / 11, e2e: 290, tokens: 12 },
    AIPerf: { ttft: 200, ttfo: 200, itl: [80 / 11], tpot: 80 / 11, e2e: 280, tokens: 12 },
    GuideLLM: { ttft: 200, ttfo: 200, itl: [80 / 11], tpot: 280 / 12, e2e: 292, tokens: 12 },
    'inference-perf': { e2e: 293, tokens: 12 },
    'xk6-llm': { ttft: 200, itl: [], tpot: 92 / 11, e2e: 292, tokens: 12 },
  })
})

test('a single token', () => {
  expect(figuresOf(spoken.single)).toEqual({
    'k6-llm': { ttft: 200, ttfo: 200, itl: [], e2e: 200, tokens: 1 },
    'vllm bench serve': { ttft: 200, itl: [1], e2e: 201, tokens: 1 },
    AIPerf: { ttft: 200, ttfo: 200, e2e: 200, tokens: 1 },
    GuideLLM: { ttft: 200, ttfo: 200, tpot: 200, e2e: 203, tokens: 1 },
    'inference-perf': { e2e: 204, tokens: 1 },
    'xk6-llm': { ttft: 200, ttfo: 200, itl: [], e2e: 203, tokens: 1 },
  })
})

test('two tokens in one chunk: only inference-perf has a gap, of 0, that it measured', () => {
  const figures = figuresOf(spoken.pair)
  expect(figures['inference-perf']).toEqual({ ttft: 200, itl: [0], tpot: 0, e2e: 204, tokens: 2 })
  expect(figures['k6-llm']).toEqual({ ttft: 200, ttfo: 200, itl: [], e2e: 200, tokens: 2 })
})

test('no usage: only GuideLLM counts chunks, no other rule has tokens or TPOT', () => {
  expect(figuresOf(spoken.uncounted)).toEqual({
    'k6-llm': { ttft: 100, ttfo: 100, itl: [20], e2e: 120 },
    'vllm bench serve': { ttft: 100, itl: [20, 1], e2e: 121 },
    AIPerf: { ttft: 100, ttfo: 100, e2e: 120 },
    GuideLLM: { ttft: 100, ttfo: 100, itl: [20], tpot: 60, e2e: 122, tokens: 2 },
    'inference-perf': { ttft: 100, e2e: 123 },
    'xk6-llm': { ttft: 100, ttfo: 100, itl: [20], e2e: 122 },
  })
})

test('usage on a chunk with a token: vllm bench serve would count with a tokenizer', () => {
  const riding = recorded([10, text('a')], [30, text('b', 2)])
  const vllm = tools.find((tool) => tool.name === 'vllm bench serve')
  expect(vllm?.figures(toReply(riding))).toMatchObject({ tokens: 2, tokenizer: true })
  expect(vllm?.figures(toReply(spoken.single))).toMatchObject({ tokens: 1, tokenizer: false })
})

test('reasoning that llama-swap invents while it loads a model', () => {
  const invented = { choices: [{ delta: { reasoning_content: 'loading' } }] }
  const figures = figuresOf(recorded([5, invented], [900, text('Hi')], [901, finish]))
  const ttft = Object.entries(figures).map(([name, of]) => [name, (of as { ttft: number }).ttft])
  expect(Object.fromEntries(ttft)).toEqual({
    'k6-llm': 900,
    'vllm bench serve': 900,
    AIPerf: 900,
    GuideLLM: 5,
    'inference-perf': undefined,
    'xk6-llm': 5,
  })
})

describe('who counts which request as a success', () => {
  const all = tools.map((tool) => tool.name)
  const without = (...names: string[]) => all.filter((name) => !names.includes(name))

  test.each([
    ['one that ended', spoken.single, all],
    ['no finish reason', recorded([10, text('a')], [20, text('b')]), without('k6-llm')],
    [
      'an error event after HTTP 200',
      recorded([10, text('a')], [20, { error: { message: 'boom', code: 500 } }]),
      ['vllm bench serve', 'inference-perf'],
    ],
    [
      'data that is no JSON',
      recorded([10, text('a')], [20, '{"id":'], [30, finish]),
      ['AIPerf', 'inference-perf'],
    ],
    ['nothing but a role', recorded([10, role], [20, finish]), without('AIPerf', 'GuideLLM')],
    ['HTTP 500', { ...spoken.single, status: 500 }, []],
    ['reset', { ...spoken.single, error: { kind: 'reset', message: 'EOF' } }, []],
  ] satisfies [string, StreamRecording, string[]][])('%s', (_what, recording, names) =>
    expect(successesOf(recording)).toEqual(names))
})

describe('reading', () => {
  const bare = JSON.stringify({
    ...spoken.single,
    data: ['"back\\slash" 안녕\t👋', '', '', '', ''],
  })
  const wrapped = `{"recording": ${bare}}`
  // Go's %q leaves printable characters as they are and escapes the others.
  const go = (line: string) => JSON.stringify(line).replace('\u{1F44B}', '\\U0001f44b')

  test.each([
    ['bare', bare],
    ['wrapped', wrapped],
    ['logfmt', `time="2026-11-24T02:27:59Z" level=info msg=${go(wrapped)} source=console`],
    ['json', JSON.stringify({ level: 'info', msg: `${wrapped}\n`, source: 'console' })],
  ])('a recording, %s', (_how, line) => expect(readLine(line, 'f:1')).toEqual(JSON.parse(bare)))

  test.each([
    ['', 'blank'],
    ['hello', 'other'],
    ['{"hello":1}', 'other'],
    ['time="x" level=info msg="hello" source=console', 'other'],
    ['{"recording":{"source":"body","startedAt":1}}', 'body'],
  ])('%s', (line, kind) => expect(readLine(line, 'f:1')).toBe(kind))

  test.each([
    [wrapped.slice(0, 60), 'f:7: a recording that is not whole JSON; was its line cut off?'],
    [
      JSON.stringify({ ...spoken.single, at: [1] }),
      'f:7: recording.at: expected a time for each of the 5 events, got 1 times',
    ],
    [
      JSON.stringify({ ...spoken.single, endedAt: null }),
      'f:7: recording.endedAt: expected a number, got null',
    ],
  ])('what is broken names its line: %s', (line, message) => {
    expect(() => readLine(line, 'f:7')).toThrow(new InputError(message))
  })
})

test('percentiles lie between ranks; a weight of 3 is three values', () => {
  const once = [30, 10, 20].map((value): [number, number] => [value, 1])
  expect(percentileOf(once, 0.5)).toBe(20)
  expect(percentileOf(once, 0.99)).toBeCloseTo(29.8)
  expect(
    percentileOf(
      [
        [10, 3],
        [50, 1],
      ],
      0.5,
    ),
  ).toBe(10)
  expect(percentileOf([], 0.5)).toBeUndefined()
})

const directory = mkdtempSync(join(tmpdir(), 'definitions-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('only the last line may be cut off: k6 was stopped while it wrote it', async () => {
  const whole = JSON.stringify(spoken.single)
  const cut = `{"recording":${whole}`.slice(0, -9)
  const read = async (...lines: string[]) => {
    const file = join(directory, 'cut.log')
    writeFileSync(file, lines.join('\n'))
    const kinds = []
    for await (const line of readLines(file)) kinds.push(typeof line === 'string' ? line : 'stream')
    return kinds
  }
  expect(await read(whole, cut)).toEqual(['stream', 'cut'])
  // As the formats of the log have it.
  const text = JSON.stringify(cut)
  for (const line of [`time="x" level=info msg=${text}`, `{"level":"info","msg":${text}`]) {
    expect(await read(whole, line.slice(0, -5))).toEqual(['stream', 'cut'])
  }
  await expect(read(cut, whole)).rejects.toThrow(/cut\.log:1: a recording that is not whole JSON/)
})

describe('the table', () => {
  test('names the release of each tool', () => {
    const summary = createSummary('openai-chat')
    summary.add(spoken.single)
    expect(toText(summary.columns()).replace(/\s+/g, ' ')).toContain(
      'Rules as of vllm 0.33.0, aiperf 0.13.0, guidellm 0.8.1, inference-perf 0.7.0, ' +
        'msradam/xk6-llm 20e1c03c.',
    )
  })

  test('says why a figure differs, and nothing where it does not', () => {
    const summary = createSummary('openai-chat')
    summary.add(spoken.single)
    const { tools: data, notes } = toData(summary.columns())
    expect(data['xk6-llm']?.figures).toMatchObject({ 'TTFT p50': 200, 'TPOT p50': null })
    expect(Object.keys(data['xk6-llm']?.notes ?? {})).toEqual(['e2e p50'])
    expect(data['vllm bench serve']?.notes).not.toHaveProperty('TTFT p50')
    const number = data['vllm bench serve']?.notes['e2e p50']?.[0] ?? ''
    expect(notes[number]).toMatch(/^e2e of vllm bench: .* the finish chunk, where it has one$/)
    for (const line of toText(summary.columns()).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100)
    }
  })
})
