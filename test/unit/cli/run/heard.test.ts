import { expect, test } from 'vitest'
import { aboutHeard, createListener, forTerminal, withoutStack } from '../../../../cli/run/heard.ts'
import { codeOf } from '../../../../cli/run/once.ts'

const heard = (...lines: string[]) => {
  const listener = createListener()
  lines.forEach(listener.line)
  return listener.heard()
}

// As k6 0.47 and 2.2 write them.
const thrown = (message: string) =>
  `time="2026-11-27T20:00:22Z" level=error msg="${message}\\n\\tat a (file:///t/boom.js:2:28(3))\\n" executor=per-vu-iterations scenario=a source=stacktrace`
const rejected =
  'time="2026-11-27T20:00:22Z" level=error msg="Uncaught (in promise) TypeError: no\\n\\tat b (file:///t/boom.js:3:7)\\n" executor=shared-iterations scenario=b'
const printed = 'time="2026-11-27T20:00:22Z" level=error msg="Error: mine" source=console'
const unwritten =
  'time="2026-11-27T20:00:22Z" level=error msg="failed to handle the end-of-test summary" error="Could not save some summary information:\\n\\t- could not open \'/no/x.json\': open /no/x.json: no such file or directory\\n\\t- could not open \'y.md\': open y.md: permission denied"'

test('a throw in VU code is heard, in each format of the log', () => {
  const first = 'Error: boom "x" at a (file:///t/boom.js:2:28(3))'
  const text = thrown('Error: boom \\"x\\"')
  expect(heard(printed, text, rejected, text)).toEqual({ exceptions: { count: 3, first } })
  const json = {
    level: 'error',
    msg: 'Error: boom\n\tat a (f:1:2)\n',
    source: 'stacktrace',
    time: 'x',
  }
  expect(heard(JSON.stringify(json)).exceptions).toEqual({
    count: 1,
    first: 'Error: boom at a (f:1:2)',
  })
  expect(heard(rejected).exceptions?.first).toMatch(/^Uncaught \(in promise\) TypeError: no at b/)
})

test('a refusal of the library at init is one line, and no exception of the script', () => {
  const old = String.raw`time="x" level=error msg="k6-llm: api: got \"vllm\"\n\tat misuse (file:///a/index.cjs:1:2(3))\n\tat file:///b.js:2:1(9)\n" hint="script exception"`
  const line = String.raw`time="x" level=error msg="k6-llm: api: got \"vllm\"" hint="script exception"`
  expect(withoutStack(old)).toBe(line)
  expect(withoutStack(line)).toBe(line)
  expect(withoutStack(thrown('Error: mine'))).toBe(thrown('Error: mine'))
  const json = { level: 'error', msg: 'k6-llm: no\n\tat a (f:1:2)\n', source: 'stacktrace' }
  expect(JSON.parse(withoutStack(JSON.stringify(json)))).toEqual({ ...json, msg: 'k6-llm: no' })
  expect(heard(thrown('k6-llm: no'))).toEqual({})
})

test('what the script prints is no exception, and silence is nothing', () => {
  const warning = 'time="x" level=warning msg="Request Failed" error="connection refused"'
  expect(heard(printed, warning, 'running (00m01s)', '', '{"a":1}')).toEqual({})
})

test('a file that k6 could not write is named with the reason', () => {
  const { unwritten: files } = heard(unwritten)
  expect(files).toEqual(['/no/x.json: no such file or directory', 'y.md: permission denied'])
  expect(heard('time="x" level=error msg="failed to write z.json: EACCES: no"').unwritten).toEqual([
    'z.json: EACCES: no',
  ])
  expect(aboutHeard({ unwritten: files })).toEqual([
    'not written: /no/x.json: no such file or directory',
    'not written: y.md: permission denied',
  ])
})

test('an exception fails a run that k6 ends with 0; other codes are k6’s', () => {
  const exceptions = { count: 1, first: 'Error: boom' }
  expect([0, 99, 105].map((code) => codeOf({ code, exceptions }))).toEqual([107, 99, 105])
  expect(codeOf({ code: 0 })).toBe(0)
  expect(aboutHeard({ exceptions })[0]).toMatch(
    /^FAIL: the script threw once, .*; first: Error: boom$/,
  )
  expect(aboutHeard({ exceptions: { count: 4, first: 'x' } })[0]).toMatch(/threw 4 times/)
  expect(aboutHeard({})).toEqual([])
})

test('on a terminal a line looks as k6 shows it, and clears what is left of a bar', () => {
  expect(forTerminal(thrown('Error: no'), false)).toBe(
    'ERRO Error: no\u001b[0K\n\tat a (file:///t/boom.js:2:28(3))\u001b[0K',
  )
  expect(forTerminal(unwritten, true)).toContain('\u001b[31mERRO\u001b[0m failed to handle')
  expect(forTerminal('plain', true)).toBe('plain\u001b[0K')
})
