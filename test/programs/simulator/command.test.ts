import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { faultNames } from '../../../simulator/options/faults.ts'
import { optionTable } from '../../../simulator/options/table.ts'

const main = fileURLToPath(new URL('../../../dist/simulator/main.js', import.meta.url))
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function run(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const lines = createInterface(child.stdout)
  return {
    child,
    ready: async () => JSON.parse(String((await once(lines, 'line'))[0])),
    ended: async () => {
      const [code, signal] = await once(child, 'close')
      return { code, signal, stdout, stderr }
    },
  }
}

test('prints one ready line and serves there', async () => {
  const { child, ready, ended } = run('--flavor', 'vllm', '--ttft', '0')
  const line = await ready()
  expect(line).toEqual({
    url: `http://127.0.0.1:${line.port}`,
    port: expect.any(Number),
    flavor: 'vllm',
    pid: child.pid,
  })
  expect((await fetch(`${line.url}/health`)).status).toBe(200)
  child.kill('SIGTERM')
  const { code, stdout } = await ended()
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with an open stream', async (signal) => {
  const { child, ready, ended } = run('--flavor', 'vllm', '--ttft', '0', '--itl', '60000')
  const { url } = await ready()
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true }),
  })
  const reader = reply.body?.getReader()
  await reader?.read()
  child.kill(signal)
  expect(await ended()).toMatchObject({ code: 0, signal: null })
  await expect(
    (async () => {
      while (!(await reader?.read())?.done);
    })(),
  ).rejects.toThrow()
  await expect(fetch(url)).rejects.toThrow()
})

describe('wrong use ends with 2 and says what is right', () => {
  test.each([
    [
      ['--ttft', 'abc'],
      '--ttft abc: expected milliseconds, a number of 0 or more, like --ttft 300',
    ],
    [['--ttft', '-1'], '--ttft -1: expected milliseconds'],
    [
      ['--flavor', 'trt'],
      '--flavor trt: expected one of gateway, vllm, sglang, llamacpp, llamacpp-router, llama-swap, ollama',
    ],
    [['--tokens', '0'], '--tokens 0: expected a whole number of 1 or more'],
    [['--spread', '2'], '--spread 2: expected a fraction from 0 to 1'],
    [['--port', '70000'], '--port 70000: expected a port'],
    [['--fault', 'resett=1'], '--fault resett=1: expected faults with their rates'],
    [['--switch-fault-for', 'fail=other'], '--switch-fault-for other: expected a profile of'],
    [
      ['--flavor', 'vllm', '--require-auth'],
      '--require-auth: vllm has no login; expected --api-key',
    ],
    [['--flavor', 'ollama', '--require-auth'], '--require-auth: ollama has no login'],
    [['--reasoning', '-1'], '--reasoning -1: expected a whole number of 0 or more'],
    [['--reasoning-field', 'x'], '--reasoning-field x: expected one of reasoning'],
    [['--user', 'kim'], '--user kim: expected a name and a password'],
    [['--tttft', '1'], "unknown option '--tttft'"],
    [['--ttft'], "option '--ttft <ms>' argument missing"],
    [['8000'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { code, stderr, stdout } = await run(...args).ended()
    expect(stderr).toContain(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

test('a port that is in use ends with 1 and says so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await run('--port', String(port)).ended()
  other.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(`--port ${port}: in use on 127.0.0.1; name another`)
})

test('--help names every option and every fault, with examples', async () => {
  const { code, stdout } = await run('--help').ended()
  expect(code).toBe(0)
  for (const { flag } of Object.values(optionTable)) expect(stdout).toContain(flag)
  for (const name of faultNames) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  expect(stdout).toMatch('Examples:')
})

test('takes yes-or-no options both ways', async () => {
  const { child, ready } = run('--no-require-auth', '--upstream-404-as-200', '--ttft', '0')
  const { url, flavor } = await ready()
  expect(flavor).toBe('gateway')
  const config = await (await fetch(`${url}/__sim/config`)).json()
  expect(config).toMatchObject({ requireAuth: false, upstream404As200: true, ttft: 0 })
  child.kill('SIGTERM')
})
