import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseCsv } from '../../../src/workload/csv.ts'
import { type DatasetOptions, loadDataset } from '../../../src/workload/datasets.ts'
import { fuzzCsv } from '../../support/fuzz/csv.ts'
import { forgetShared } from '../../support/k6/data.ts'
import { world } from '../../support/k6/execution.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  forgetShared()
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const warnings = () => vi.mocked(console.warn).mock.calls.map(([text]) => text)
const load = (text: string, options: DatasetOptions = {}, name = 'x.jsonl') =>
  loadDataset(name, () => text, options)

/** The ids that iterations receive. */
function idsOf(
  data: ReturnType<typeof load>,
  iterations: { inTest: number; vu?: number; ofVu?: number }[],
  each = 1,
): unknown[] {
  world.init = false
  const ids: unknown[] = []
  iterations.forEach(({ inTest, vu = 1, ofVu = 0 }, i) => {
    world.vu = vu
    world.iteration = { inTest, inScenario: ofVu, inInstance: i }
    for (let call = 0; call < each; call++) ids.push(data.next()?.fields.id)
  })
  world.init = true
  return ids
}
const rows = (n: number) =>
  Array.from({ length: n }, (_, i) => JSON.stringify({ id: i, prompt: `p${i}` })).join('\n')
const count = (n: number) => Array.from({ length: n }, (_, inTest) => ({ inTest }))

describe('JSON lines', () => {
  test('prompts, messages, turns and batch requests; the rest is kept apart', () => {
    const data = load(
      [
        '\ufeff{"prompt": "a", "max_tokens": 5, "category": "math"}',
        '{"messages": [{"role": "user", "content": "b"}], "temperature": 0.5, "weight": 3}\r',
        '{"turns": ["c", "d"], "question_id": 81}',
        '{"custom_id": "q1", "method": "POST", "body": {"model": "m", "messages": [{"role": "user", "content": "e"}]}}',
      ].join('\n'),
    )
    expect(data.length).toBe(4)
    expect(data.skipped).toBe(0)
    expect([0, 1, 2, 3].map((i) => data.at(i))).toEqual([
      { request: { prompt: 'a', max_tokens: 5 }, fields: { category: 'math' }, line: 1, weight: 1 },
      {
        request: { messages: [{ role: 'user', content: 'b' }], temperature: 0.5 },
        fields: {},
        line: 2,
        weight: 3,
      },
      {
        request: { prompt: 'c' },
        turns: ['c', 'd'],
        fields: { question_id: 81 },
        line: 3,
        weight: 1,
      },
      {
        request: { model: 'm', messages: [{ role: 'user', content: 'e' }] },
        fields: { custom_id: 'q1', method: 'POST' },
        line: 4,
        weight: 1,
      },
    ])
  })

  test('a bad row names file, line and fault, and the others go on', () => {
    const bad = [
      '{"prompt": "cut',
      '[1]',
      '{"prompt": " "}',
      '{"messages": []}',
      '{"prompt": "x", "max_tokens": 0}',
      '{"prompt": "x", "weight": -1}',
      '{"turns": []}',
    ]
    const data = load(`{"prompt": "good"}\n${bad.join('\n')}`)
    expect([data.length, data.skipped]).toEqual([1, 7])
    expect(warnings()).toEqual([
      expect.stringMatching(/^k6-llm: x\.jsonl, line 2: not JSON: .*; left out$/),
      'k6-llm: x.jsonl, line 3: expected a JSON object, got a list; left out',
      'k6-llm: x.jsonl, line 4: prompt=" ": expected a text, or messages; left out',
      'k6-llm: x.jsonl, line 5: messages=[]: expected a list of { role, content }; left out',
      'k6-llm: x.jsonl, line 6: max_tokens=0: expected a whole number, 1 or more; left out',
      'k6-llm: x.jsonl, line 7: weight=-1: expected a number, 0 or more; left out',
      'k6-llm: x.jsonl, line 8: turns=[]: expected a list of texts; left out',
    ])
  })

  test('many bad rows are told by their number, strict ends the test at the first', () => {
    const text = `{"prompt": "good"}\n${'x\n'.repeat(30)}`
    expect(load(text).skipped).toBe(30)
    expect(warnings()).toHaveLength(11)
    expect(warnings()[10]).toBe('k6-llm: x.jsonl: 20 more rows were left out')
    expect(() => load(text, { strict: true })).toThrow(/x\.jsonl, line 2: not JSON.*\(strict\)/)
    expect(() => load('x\n', { format: 'jsonl' }, 'y')).toThrow(
      /y: no row that can be sent, 1 with/,
    )
  })

  test('the file is read once, whoever asks', () => {
    const open = vi.fn(() => rows(3))
    for (let vu = 0; vu < 3; vu++) loadDataset('once.jsonl', open)
    expect(open).toHaveBeenCalledTimes(1)
  })
})

describe('ShareGPT', () => {
  test('the questions of a conversation, in turn', () => {
    const data = load(
      JSON.stringify([
        {
          id: 'a',
          conversations: [
            { from: 'system', value: 's' },
            { from: 'human', value: 'q1' },
            { from: 'gpt', value: 'a1' },
            { from: 'human', value: 'q2' },
          ],
        },
        { id: 'b', conversations: [{ from: 'gpt', value: 'no question' }] },
        { id: 'c' },
        7,
      ]),
    )
    expect(data.at(0)).toEqual({
      request: {
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'q1' },
        ],
      },
      system: 's',
      turns: ['q1', 'q2'],
      fields: { id: 'a' },
      line: 1,
      weight: 1,
    })
    expect(data.skipped).toBe(3)
    expect(warnings()[0]).toBe('k6-llm: x.jsonl, entry 4: expected an object, got number; left out')
  })
})

describe('CSV', () => {
  test('columns by name, numbers as numbers', () => {
    const data = load(
      'question,max_tokens,weight,kind\n"Say ""hi"",\nplease",20,2,greeting\nWhy?,,,\nshort\n',
      { columns: { prompt: 'question' } },
      'x.csv',
    )
    expect(data.at(0)).toEqual({
      request: { prompt: 'Say "hi",\nplease', max_tokens: 20 },
      fields: { kind: 'greeting' },
      line: 2,
      weight: 2,
    })
    expect(data.at(1)).toEqual({ request: { prompt: 'Why?' }, fields: {}, line: 4, weight: 1 })
    expect(warnings()).toEqual(['k6-llm: x.csv, line 5: 1 fields, the first line has 4; left out'])
  })

  fuzzCsv(500)

  test('line ends of every kind, and a quote that is never closed', () => {
    expect(parseCsv('a,b\r\nc,d\re,f\n')).toEqual({
      records: [
        { line: 1, fields: ['a', 'b'] },
        { line: 2, fields: ['c', 'd'] },
        { line: 3, fields: ['e', 'f'] },
      ],
    })
    expect(parseCsv('a\n\n"b').unclosed).toBe(3)
    expect(parseCsv('a,\n,')).toEqual({
      records: [
        { line: 1, fields: ['a', ''] },
        { line: 2, fields: ['', ''] },
      ],
    })
  })
})

describe('files as they come', () => {
  const file = (name: string, options: DatasetOptions = {}) =>
    loadDataset(
      name,
      () => readFileSync(new URL(`../../fixtures/datasets/${name}`, import.meta.url), 'utf8'),
      options,
    )
  const all = (data: ReturnType<typeof load>) =>
    Array.from({ length: data.length }, (_, i) => data.at(i))

  test('the body of a batch line is the request, all of it', () => {
    const { request, fields } = file('vllm-batch.jsonl').at(0)
    expect(request).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      max_completion_tokens: 100,
      response_format: { type: 'json_object' },
      reasoning_effort: 'low',
      chat_template_kwargs: { enable_thinking: false },
      n: 2,
      logprobs: true,
      stop: ['x'],
    })
    expect(fields).toEqual({
      custom_id: 'request-1',
      method: 'POST',
      url: '/v1/chat/completions',
    })
    expect(() => load('{"custom_id":"e","body":{"model":"m","input":"x"}}')).toThrow(
      /line 1: body: no messages and no prompt, it has "model, input"/,
    )
  })

  test('options of a plain row are sent too', () => {
    const data = load(
      '{"prompt":"a","max_completion_tokens":9,"top_k":3,"response_format":{"type":"json_object"},"id":7}',
    )
    expect(data.at(0)).toMatchObject({
      request: { max_completion_tokens: 9, top_k: 3, response_format: { type: 'json_object' } },
      fields: { id: 7 },
    })
  })

  test('lists of prompts, of texts, of messages', () => {
    expect(all(file('list-of-prompts.json')).map((row) => row.request)).toEqual([
      { prompt: 'one' },
      { prompt: 'two', max_tokens: 3 },
    ])
    const data = load('["a", {"messages": [{"role": "user", "content": "b"}], "weight": 2}, "", 3]')
    expect(all(data).map((row) => [row.request, row.weight])).toEqual([
      [{ prompt: 'a' }, 1],
      [{ messages: [{ role: 'user', content: 'b' }] }, 2],
    ])
    expect(warnings()).toEqual([
      'k6-llm: x.jsonl, entry 4: expected an object, got number; left out',
      'k6-llm: x.jsonl, entry 3: prompt="": expected a text, or messages; left out',
    ])
  })

  test.each(['alpaca.json', 'alpaca.jsonl'])('%s by its columns, and refused with them', (name) => {
    const data = file(name, { columns: { prompt: 'instruction' } })
    expect(all(data).map((row) => row.request)).toEqual([
      { prompt: 'Give three tips' },
      { prompt: 'Rewrite' },
    ])
    expect(data.at(1).fields).toEqual({ input: 'some text', output: '2' })
    expect(() => file(name)).toThrow(
      /no row that can be sent, 2 with faults; the first: alpaca.jsonl?, (entry|line) 1: no prompt and no messages, it has "instruction, input, output": name the column, \{ columns/,
    )
    expect(() => file(name, { columns: { prompt: 'text' } })).toThrow(
      /no "text", it has "instruction, input, output"/,
    )
  })

  test('ShareGPT: what the system says is kept, an answer before the first question is told', () => {
    const data = file('sharegpt.json')
    expect(all(data).map(({ request, turns, line }) => [request, turns, line])).toEqual([
      [{ prompt: 'Hi there' }, ['Hi there', 'More'], 1],
      [{ prompt: 'OK' }, ['OK'], 2],
      [
        {
          messages: [
            { role: 'system', content: 'You are x' },
            { role: 'user', content: 'q' },
          ],
        },
        ['q'],
        4,
      ],
    ])
    expect(data.at(2).system).toBe('You are x')
    expect(data.skipped).toBe(2)
    expect(warnings()).toEqual([
      'k6-llm: sharegpt.json: a row begins with an answer, which is not sent; 1 in all',
      'k6-llm: sharegpt.json, entry 3: conversations: expected one that is from "human"; left out',
      'k6-llm: sharegpt.json, entry 5: conversations: expected one that is from "human"; left out',
    ])
  })

  test('ShareGPT as JSON lines, with role and content, and a system beside it', () => {
    expect(all(file('lmsys.jsonl')).map(({ request, fields }) => [request, fields.model])).toEqual([
      [{ prompt: 'Hi' }, 'vicuna'],
      [{ prompt: 'Two' }, 'v'],
    ])
    const talk = { conversations: [{ from: 'human', value: 'q' }], system: 'Be brief' }
    for (const format of [undefined, 'sharegpt'] as const) {
      const row = load(JSON.stringify(talk), { format }, `talk ${format}`).at(0)
      expect(row.request.messages?.[0]).toEqual({ role: 'system', content: 'Be brief' })
    }
    expect(() =>
      load('[{"conversations": [{"from": "narrator", "value": "x"}]}]', {}, 'n'),
    ).toThrow(/from "narrator": expected human, gpt or system/)
    expect(() => load('{"prompt": "x"}', { format: 'sharegpt' }, 'p')).toThrow(
      /conversations=undefined: expected a list/,
    )
  })

  test('turns', () => {
    expect(file('mtbench.jsonl').at(0)).toMatchObject({
      request: { prompt: 'Compose' },
      turns: ['Compose', 'Rewrite'],
    })
    expect(file('evalscope-openqa.jsonl', { columns: { prompt: 'question' } }).length).toBe(2)
    expect(() => file('evalscope-openqa.jsonl')).toThrow(/it has "question"/)
  })

  test.each(['semicolon.csv', 'tab.tsv'])('%s', (name) => {
    expect(file(name).at(0).request).toEqual({ prompt: 'hello', max_tokens: 5 })
  })

  test('a cell that is not what its column wants is a fault', () => {
    const data = load('prompt,temperature,tools\na,0.5,[]\nb,warm,\nc,,{\n', {}, 'cells.csv')
    expect(all(data).map((row) => row.request)).toEqual([
      { prompt: 'a', temperature: 0.5, tools: [] },
    ])
    expect(warnings()).toEqual([
      'k6-llm: cells.csv, line 3: temperature="warm": expected a number; left out',
      'k6-llm: cells.csv, line 4: tools="{": expected a value in JSON; left out',
    ])
  })

  test('what is no text of rows is refused by its name', () => {
    expect(() => file('gz.jsonl.gz')).toThrow(
      'gz.jsonl.gz: this is gzip: expected JSON lines, a list in JSON or CSV, as text; unpack it: gunzip',
    )
    for (const [text, what] of [
      ['PK\u0003\u0004', /a zip archive/],
      ['PAR1\u0015', /Parquet/],
      ['(\ufffd/\ufffd', /zstd/],
      ['<!doctype html><title>Sign in</title>', /a page of HTML/],
      ['version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
      ['\ufffd\ufffd{\u0000', /UTF-8|no text/],
      ['p\u0000r\u0000', /no text/],
      [' \n', /this is empty/],
      ['Tell me a joke\nAnd another\n', /no prompt and no messages, it has "Tell me a joke"/],
      ['{\n "data": [{"prompt": "a"}]\n}', /expected a list of rows, got object with data/],
    ] as const) {
      expect(() => load(text, {}, `other ${text}`)).toThrow(what)
    }
  })
})

describe('order', () => {
  test('sequential: one row an iteration, then again', () => {
    expect(idsOf(load(rows(3)), count(5))).toEqual([0, 1, 2, 0, 1])
    expect(idsOf(load(rows(3), { repeat: false }), count(5))).toEqual([
      0,
      1,
      2,
      undefined,
      undefined,
    ])
  })

  test('shuffled: each once in a round, another order in the next, the same by seed', () => {
    const ids = idsOf(load(rows(50), { order: 'shuffled', seed: 1 }), count(100))
    const sorted = (part: unknown[]) => [...part].sort((a, b) => Number(a) - Number(b))
    const all = Array.from({ length: 50 }, (_, i) => i)
    expect(sorted(ids.slice(0, 50))).toEqual(all)
    expect(sorted(ids.slice(50))).toEqual(all)
    expect(ids.slice(0, 50)).not.toEqual(ids.slice(50))
    expect(ids.slice(0, 50)).not.toEqual(all)
    expect(idsOf(load(rows(50), { order: 'shuffled', seed: 1 }), count(100))).toEqual(ids)
    expect(idsOf(load(rows(50), { order: 'shuffled', seed: 2 }), count(100))).not.toEqual(ids)
  })

  test('weighted: as often as the weights say', () => {
    const text =
      '{"id":0,"prompt":"a","weight":1}\n{"id":1,"prompt":"b","weight":0}\n{"id":2,"prompt":"c","weight":3}'
    const ids = idsOf(load(text, { order: 'weighted' }), count(4000))
    expect(ids).not.toContain(1)
    expect(Math.abs(ids.filter((id) => id === 2).length / 4000 - 0.75)).toBeLessThan(0.03)
    expect(() =>
      load(text.replace(/"weight":./g, '"weight":0'), { order: 'weighted' }, 'z'),
    ).toThrow(/z: every weight is 0/)
  })

  test.each([
    'sequential',
    'shuffled',
  ] as const)('partitioned, %s: no row of one VU is another’s', (order) => {
    const data = load(rows(10), { order, partition: { vus: 3 } })
    const own = [1, 2, 3].map((vu) =>
      idsOf(
        data,
        Array.from({ length: 8 }, (_, ofVu) => ({ inTest: 0, vu, ofVu })),
      ),
    )
    const sets = own.map((ids) => new Set(ids))
    expect(sets.map((set) => set.size)).toEqual([4, 3, 3])
    expect(new Set(own.flat()).size).toBe(10)
    expect(() => idsOf(data, [{ inTest: 0, vu: 4 }])).toThrow(
      /VU 4 of \{ partition: \{ vus: 3 \} \}/,
    )
    world.init = true
    expect(() => load(rows(2), { partition: { vus: 3 } }, 'few')).toThrow(/2 rows for 3 VUs/)
  })

  test('several rows in an iteration', () => {
    const data = load(rows(6), { perIteration: 2 })
    expect(idsOf(data, count(3), 2)).toEqual([0, 1, 2, 3, 4, 5])
    expect(() => idsOf(data, count(1), 3)).toThrow(/for the 3\. time in one iteration/)
  })
})

test('what is wrong is refused', () => {
  expect(() => load(rows(1), { order: 'random' as never })).toThrow(/order="random": expected/)
  expect(() => load(rows(1), { columns: { text: 'x' } as never })).toThrow(/unknown option "text"/)
  expect(() => loadDataset('x', 'y' as never)).toThrow(/expected a name and a function/)
  expect(() => load(rows(1), { order: 'weighted', partition: { vus: 1 } })).toThrow(
    /cannot be partit/,
  )
  expect(() => loadDataset('b', () => new ArrayBuffer(3) as never)).toThrow(/without the mode 'b'/)
  expect(() => load(rows(2)).at(2)).toThrow(/at\(2\): expected 0 to 1/)
})
