import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

/** One token: at 200 ms of the request, `[DONE]` and the end after it. */
const single = {
  source: 'stream',
  startedAt: 1000,
  headersAt: 1005,
  endedAt: 1204,
  status: 200,
  at: [1010, 1200, 1201, 1202, 1203],
  data: [
    '{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
    '{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}',
    '{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}',
    '{"choices":[],"usage":{"completion_tokens":1}}',
    '[DONE]',
  ],
  event: ['', '', '', '', ''],
}

describe('k6-llm definitions', () => {
  const directory = mkdtempSync(join(tmpdir(), 'definitions-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['bin/k6-llm.js', 'definitions', ...args], { encoding: 'utf8' })

  test('prints the table that docs/definitions.md shows', () => {
    const docs = readFileSync('docs/definitions.md', 'utf8')
    const example = /```json\n([^`]*)```/.exec(docs)?.[1] ?? ''
    const file = join(directory, 'recordings.log')
    writeFileSync(file, JSON.stringify(JSON.parse(example)))
    const { stdout, status } = run(file)
    expect(status).toBe(0)
    expect(docs).toContain(stdout)
  })

  test('as JSON, with what was skipped', () => {
    const file = join(directory, 'mixed.log')
    const other = ['hello', '', '{"recording":{"source":"body"}}']
    writeFileSync(file, [...other, JSON.stringify(single)].join('\n'))
    const { stdout } = run(file, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ streams: 1, notStreamed: 1, otherLines: 1 })
  })

  test('exit codes', () => {
    const file = join(directory, 'none.log')
    writeFileSync(file, 'hello\n')
    expect(run(file)).toMatchObject({
      status: 1,
      stderr: `k6-llm definitions: ${file}: no stream in it; 0 streams, 1 other line\n`,
    })
    const missing = run(join(directory, 'missing.log'))
    expect(missing.status).toBe(1)
    expect(missing.stderr).toMatch(/missing\.log: ENOENT/)
    expect(run().status).toBe(2)
    expect(run('--help').status).toBe(0)
  })
})
