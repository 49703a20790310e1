import { describe, expect, test } from 'vitest'
import { errors } from '../../../bench/accuracy.ts'
import { withoutPages } from '../../../bench/bundle.ts'
import { BEGIN, between, END, markdown, show, text } from '../../../bench/lines.ts'
import { liveHeap, perVu } from '../../../bench/memory.ts'

describe('errors of times', () => {
  const sent = {
    headers: { 'x-bench': '1-0' },
    receivedAt: 5002,
    sentAt: [5003, 5100, 5120, 5141, 5142],
    kinds: ['role', 'token', 'token', 'token', 'done'],
  }
  // The run began at 4,000; the events were seen 1, 2, 0.5, 2 and 9 ms after they were sent.
  const seen = {
    id: '1-0',
    origin: 4000,
    startedAt: 1000,
    ttft: 102,
    at: [1004, 1102, 1120.5, 1143, 1151],
  }

  test('are of tokens alone, each against its own event', () => {
    const found = errors([seen], [{ ...sent, headers: { 'x-bench': '2-0' } }, sent])
    expect(found.late).toEqual([2, 0.5, 2])
    expect(found.gap).toEqual([1.5, 1.5]) // 18.5 for 20, 22.5 for 21
    expect(found.ttft).toEqual([4]) // 102 for 98: connection, request, token
  })

  test('are not made up where events are missing', () => {
    expect(() => errors([{ ...seen, at: seen.at.slice(1) }], [sent])).toThrow(
      '1-0: 5 events were sent, 4 arrived',
    )
    expect(() => errors([{ ...seen, id: '9-9' }], [sent])).toThrow('no request 9-9')
  })
})

describe('memory', () => {
  test('what is live comes from the traces of Go', () => {
    const lines = [
      'bench-weigh',
      'gc 7 @1.300s 3%: 0.03+4.1+0.01 ms clock, 0.1+0/4/1+0.03 ms cpu, 86->124->105 MB, 101 MB goal, 0 MB stacks, 0 MB globals, 2 P',
      'gc 8 @1.400s 3%: 0.03+4.1+0.01 ms clock, 0.1+0/4/1+0.03 ms cpu, 203->211->95 MB, 210 MB goal, 0 MB stacks, 0 MB globals, 2 P',
    ]
    expect(liveHeap(lines)).toBe(95)
    expect(() => liveHeap(['bench-weigh'])).toThrow('no collection')
  })

  test('a VU more is the difference of two differences', () => {
    expect(perVu({ one: 50, many: 150 }, { one: 40, many: 42 }, 50)).toBe(2)
  })
})

describe('the bundle', () => {
  test('is counted without the long texts in it', () => {
    const page = 'x'.repeat(5000)
    const code = `const a='short';const b="${page}";const c=\`${page}\${a}\``
    const found = withoutPages(code)
    expect(found.code).toBe(code.replaceAll(page, '').replace('""', ''))
    expect(found.pages.length).toBe(2 * 5000 + 2)
  })
})

describe('the table', () => {
  const lines = [
    {
      what: 'a | b',
      figure: '7 µs',
      floor: 'no-op 3.5 µs',
      ratio: 2,
      budget: '≤ 2.0 ×',
      met: true,
    },
    { what: 'c', figure: '9 kB', budget: '≤ 5 kB', met: false },
    { what: 'd', figure: '1 ms' },
  ]

  test('in a document', () => {
    expect(markdown(lines)).toBe(
      [
        '| what | figure | floor or peer | ratio | budget | met? |',
        '| --- | --- | --- | --- | --- | --- |',
        '| a \\| b | 7 µs | no-op 3.5 µs | 2.00 | ≤ 2.0 × | yes |',
        '| c | 9 kB |  |  | ≤ 5 kB | NO |',
        '| d | 1 ms |  |  |  |  |',
      ].join('\n'),
    )
  })

  test('on a terminal is in columns', () => {
    const [head = '', first = ''] = text(lines).split('\n')
    expect(first.indexOf('no-op')).toBe(head.indexOf('floor'))
  })

  test('goes between the markers, and again', () => {
    const page = `before\n${BEGIN}\nold\n${END}\nafter\n`
    const once = between(page, 'new')
    expect(once).toBe(`before\n${BEGIN}\nnew\n${END}\nafter\n`)
    expect(between(once, 'newer')).toBe(`before\n${BEGIN}\nnewer\n${END}\nafter\n`)
    expect(() => between('no markers', 'new')).toThrow('two markers')
  })

  test.each([
    [1.234, '1.23 x'],
    [12.34, '12.3 x'],
    [123.4, '123 x'],
    [-0.001, '0.00 x'],
  ])('%d is shown as %s', (value, expected) => expect(show(value, 'x')).toBe(expected))
})
