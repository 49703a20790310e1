import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

describe('k6-llm calibrate', () => {
  const main = fileURLToPath(new URL('../../../bin/k6-llm.js', import.meta.url))
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'calibrate', ...args], {
      encoding: 'utf8',
      env: { PATH: '', NO_COLOR: '1' },
    })
    return { status, stderr }
  }

  test.each([
    [['--streams', '0'], /argument '0' is invalid. expected a whole number from 1 to 1000/],
    [['--rate', 'fast'], /argument 'fast' is invalid. expected a number from 1 to 1000/],
    [['--limit', '0'], /argument '0' is invalid. expected a number over 0/],
    [['--steams', '1'], /unknown option '--steams'\s.*--streams/],
  ])('%j is wrong use', (args, message) => {
    const { status, stderr } = run(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('without a k6: which one is wanted and how to name it', () => {
    expect(run()).toMatchObject({ status: 3 })
    expect(run().stderr).toMatch(/no k6 was found; install it: .*--k6/)
    expect(run('--k6', '/no/such/k6')).toEqual({
      status: 3,
      stderr: expect.stringMatching(/--k6 \/no\/such\/k6: expected the path of a k6 binary/),
    })
  })
})
