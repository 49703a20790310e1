import { expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'

/** Each mistake with what the message must name: the value, what was expected, the fix. */
const MISTAKES: { wrong: string; message: RegExp; env?: Record<string, string> }[] = [
  { wrong: 'api', message: /api: expected one of openai-chat, .*gateway, got .*vllm/ },
  {
    wrong: 'baseUrl',
    message: /baseUrl: expected the server's address, got nothing; .*-e BASE_URL=/,
  },
  {
    wrong: 'baseUrl',
    message: /BASE_URL: expected an address .*got .*localhost/,
    env: { BASE_URL: 'localhost' },
  },
  { wrong: 'option', message: /unknown option .*modle.*; expected .*model/ },
  { wrong: 'timeout', message: /timeout: expected milliseconds .*got .*soon/ },
  { wrong: 'sla', message: /tfft/ },
  {
    wrong: 'maxVus',
    message: /MAX_VUS=.*abc.*: expected a whole number, 1 or more, like -e MAX_VUS=10/,
    env: { MAX_VUS: 'abc' },
  },
  {
    wrong: 'maxVus',
    message: /TEST_DURATION=.*300.*: expected a duration with its unit/,
    env: { TEST_DURATION: '300' },
  },
  { wrong: 'summary', message: /docx/ },
  {
    wrong: 'preset',
    message: /slaPresets.guideStreming: .*did you mean slaPresets.guideStreaming/,
  },
  { wrong: 'profile', message: /profiles.laod: no such name; did you mean profiles.load\?/ },
  { wrong: 'backend', message: /backend: expected one of gateway.*, got .*nope/ },
]

onEachK6('wrong use', (k6) => {
  // k6 0.47 takes 10 s and more to compile the library: there only what the guide's variables touch.
  const mistakes = k6.version.startsWith('0.') ? MISTAKES.filter((m) => m.env) : MISTAKES

  test.concurrent.each(mistakes)('$wrong $env at init', async ({ wrong, message, env }) => {
    const run = await runK6(k6, 'test/k6/scripts/misuse.js', {
      env: { ...env, WRONG: wrong, WHERE: 'init' },
    })
    expect(run.output).toMatch(message)
    // k6 0.47 adds a stack to whatever is thrown; `k6-llm run` takes it off.
    if (!k6.version.startsWith('0.')) expect(run.output).not.toMatch(/\\tat|file:\/\//)
    expect(run.code).toBe(EXIT.setupFailed)
    expect(run.values('iterations')).toEqual([])
  })

  test.concurrent.each(mistakes)('$wrong $env in VU code', async ({ wrong, message, env }) => {
    const run = await runK6(k6, 'test/k6/scripts/misuse.js', {
      env: { ...env, WRONG: wrong, WHERE: 'vu' },
    })
    expect(run.output).toMatch(message)
    expect(run.code).toBe(EXIT.aborted)
    expect(run.values('tests_done')).toEqual([])
  })
})
