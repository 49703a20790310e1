import { spawn } from 'node:child_process'
import { createServer, request, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'
import selfsigned from 'selfsigned'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Examination, examine } from '../../../../cli/doctor/examine.ts'
import { toText } from '../../../../cli/doctor/text.ts'
import { flavorNames } from '../../../../simulator/options/names.ts'
import { createSimulator } from '../../../../simulator/server.ts'

const open: (() => unknown)[] = []
beforeEach(() => vi.stubEnv('PATH', '')) // no k6 is started for each look
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of open.splice(0)) await close()
})

/** A simulator with short times: nothing here asserts on how long something took. */
async function simulator(options: Record<string, unknown> = {}): Promise<string> {
  const server = createSimulator({ ttft: 20, itl: 10, ...options })
  open.push(() => server.close())
  return (await server.listen()).url
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const look = (url: string, more = {}) =>
  examine({ url, requests: 1, tokens: 20, timeout: 5000, wakings: 5, ...more })

const levelOf = ({ findings }: Examination, check: string) =>
  findings.find((one) => one.check === check)?.level
const foundOf = ({ findings }: Examination, check: string) =>
  findings.find((one) => one.check === check)?.found

describe('every server that the simulator speaks as', () => {
  const APIS: Record<string, string> = { gateway: 'gateway', anthropic: 'anthropic-messages' }
  const NAMES: Record<string, RegExp> = {
    gateway: /gateway/,
    vllm: /^vLLM$/,
    sglang: /^SGLang$/,
    llamacpp: /^llama\.cpp$/,
    'llamacpp-router': /^llama\.cpp$/,
    'llama-swap': /^llama-swap$/,
    ollama: /^Ollama$/,
    tgi: /^TGI$/,
    openai: /^OpenAI$/,
    anthropic: /^Anthropic$/,
    tabby: /^TabbyAPI$/,
    litellm: /LiteLLM/,
  }
  test.each(flavorNames.map((name) => [name]))('%s', async (flavor) => {
    const url = await simulator({ flavor })
    const result = await look(url, { user: 'test@example.com', password: 'test123' })
    expect(result.server.api).toBe(APIS[flavor] ?? 'openai-chat')
    expect(result.server.name).toMatch(NAMES[flavor] as RegExp)
    expect(result.server.models.length).toBeGreaterThan(0)
    expect(result.ok, toText(result)).toBe(true)
    for (const check of ['auth', 'stream', 'usage'])
      expect(levelOf(result, check), check).toBe('ok')
    expect(result.requests).toBeLessThanOrEqual(7)
    for (const {
      status,
      connect,
      firstByte,
      firstToken,
      total,
      events,
      tokens,
    } of result.streams) {
      expect({ status, events, tokens }).toEqual({ status: 200, events: 20, tokens: 20 })
      const order = [0, connect, firstByte, firstToken, total] as number[]
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
  })

  test.each([
    ['ollama', 'ollama-chat'],
    ['ollama', 'ollama-generate'],
    ['llamacpp', 'llamacpp-completion'],
    ['tgi', 'tgi-generate'],
    ['sglang', 'sglang-generate'],
    ['vllm', 'openai-completions'],
    ['openai', 'openai-responses'],
  ])('%s, asked as %s', async (flavor, api) => {
    const result = await look(await simulator({ flavor }), { api })
    expect(result.ok, toText(result)).toBe(true)
    expect(levelOf(result, 'usage')).toBe('ok')
    for (const { events, tokens } of result.streams)
      expect({ events, tokens }).toEqual({ events: 20, tokens: 20 })
  })
})

describe('faults', () => {
  test.each([
    ['buffer', 'buffering', /arrived at once/],
    ['json-instead', 'stream', /stream: true was not heeded: 1 of 1 .*application\/json/],
    ['401', 'auth', /HTTP 401/],
    ['404', 'path', /HTTP 404: The model/],
    ['429:7', 'rate-limit', /HTTP 429.*Retry-After: 7/],
    ['500', 'server-error', /HTTP 500/],
    ['502', 'server-error', /HTTP 502: 502 Bad Gateway$/],
    ['error-event', 'stream', /1 of 1 streams ended in an error after HTTP 200/],
    ['truncated', 'stream', /broke off without a sign of the end$/],
    ['malformed', 'stream', /events that are no JSON/],
    ['reset', 'stream', /broke off .*ECONNRESET/],
    ['reset-before-headers', 'connection', /cut the connection before it answered/],
    ['empty', 'stream', /as something else .*empty/],
  ])('%s', async (fault, check, found) => {
    const [name, arg] = fault.split(':') as [string, string?]
    const url = await simulator({ flavor: 'vllm', fault: { [name]: 1 } })
    // The argument of a fault goes by a header; a proxy puts it in.
    const asked = arg === undefined ? url : await proxy(url, { 'x-sim-fault': fault })
    const result = await look(asked)
    expect(levelOf(result, check), toText(result)).toBe('fail')
    expect(foundOf(result, check)).toMatch(found)
    expect(result.ok).toBe(false)
    for (const { means, todo, level } of result.findings)
      if (level === 'fail') expect([means, todo]).not.toContain(undefined)
  })

  test('no usage is a catch, no fault', async () => {
    const result = await look(await simulator({ flavor: 'vllm', fault: { 'no-usage': 1 } }))
    expect(levelOf(result, 'usage')).toBe('warn')
    expect(result.ok).toBe(true)
  })

  test('a server that never answers', async () => {
    const url = await simulator({ flavor: 'vllm', fault: { 'stall-before-headers': 1 } })
    const result = await look(url, { timeout: 300 })
    expect(foundOf(result, 'timeout')).toMatch(
      /took the connection and then gave no end within 0.3 s/,
    )
    expect(result.streams).toHaveLength(1)
  })

  test('a key that is wanted and missing', async () => {
    const url = await simulator({ flavor: 'vllm', apiKey: 'sk-1' })
    expect(levelOf(await look(url), 'auth')).toBe('fail')
    expect(levelOf(await look(url, { token: 'sk-1' }), 'auth')).toBe('ok')
    const anthropic = await simulator({ flavor: 'anthropic', apiKey: 'sk-2' })
    const refused = await look(anthropic)
    expect(refused.server.api).toBe('anthropic-messages')
    expect(levelOf(refused, 'auth')).toBe('fail')
    const given = await look(anthropic, { token: 'sk-2', api: 'anthropic-messages' })
    expect(levelOf(given, 'auth')).toBe('ok')
  })

  test('a login that is refused', async () => {
    const result = await look(await simulator(), { user: 'test@example.com', password: 'no' })
    expect(levelOf(result, 'login')).toBe('fail')
  })
})

/** Passes requests on, with headers added; `change` may pipe the answer through something. */
async function proxy(
  target: string,
  headers: Record<string, string>,
  change?: { headers: Record<string, string>; through: () => NodeJS.ReadWriteStream },
): Promise<string> {
  return listen(
    createServer((req, res) => {
      const on = request(target + req.url, {
        method: req.method,
        headers: { ...req.headers, ...headers },
      })
      on.on('response', (answer) => {
        const { 'content-length': _length, ...kept } = answer.headers
        res.writeHead(answer.statusCode ?? 500, { ...kept, ...change?.headers })
        if (change) answer.pipe(change.through()).pipe(res)
        else answer.pipe(res)
      })
      on.on('error', () => res.destroy())
      req.pipe(on)
    }),
  )
}

describe('what is between', () => {
  test('a proxy that compresses holds tokens back', async () => {
    const url = await proxy(
      await simulator({ flavor: 'vllm' }),
      {},
      {
        headers: { 'content-encoding': 'gzip', via: '1.1 cache' },
        through: () => createGzip(),
      },
    )
    const result = await look(url)
    expect(levelOf(result, 'compression'), toText(result)).toBe('warn')
    expect(levelOf(result, 'buffering')).toBe('fail') // gzip without a flush keeps all to the end
    expect(foundOf(result, 'proxy')).toContain('via: 1.1 cache')
  })

  test('rate limits in headers are shown', async () => {
    const url = await proxy(
      await simulator({ flavor: 'openai' }),
      {},
      {
        headers: { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59' },
        through: () => new PassThrough(),
      },
    )
    const result = await look(url)
    expect(foundOf(result, 'rate-limit')).toBe(
      'it has rate limits: x-ratelimit-limit-requests 60, x-ratelimit-remaining-requests 59',
    )
  })

  test('a page that is no server of models', async () => {
    const url = await listen(
      createServer((_req, res) => res.end('<html><title>Welcome to nginx!</title></html>')),
    )
    const result = await look(url)
    expect(foundOf(result, 'server')).toMatch(
      /no language model was recognised .*\/v1\/models 200, .*it is a page: "Welcome to nginx!"/,
    )
    expect(result.requests).toBe(5)
    expect(result.ok).toBe(false)
  })

  test('an address with a path too many', async () => {
    const url = await simulator({ flavor: 'vllm' })
    const result = await look(`${url}/v1/chat/completions`)
    expect(result.findings.at(-1)?.todo).toBe(`the address is the part before the path: ${url}`)
  })

  test('a redirect', async () => {
    const url = await listen(
      createServer((_req, res) => res.writeHead(308, { location: 'https://x.example/' }).end()),
    )
    expect(foundOf(await look(url), 'redirect')).toMatch(/HTTP 308: https:\/\/x\.example\//)
  })

  test('a port that nothing listens on, a name that does not exist, and no HTTP', async () => {
    const closed = createServer()
    const url = await listen(closed)
    await open.pop()?.()
    expect(foundOf(await look(url), 'connection')).toMatch(/refuses connections/)
    const tcp = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    open.push(() => tcp.close())
    const port = (tcp.address() as AddressInfo).port
    expect(foundOf(await look(`http://127.0.0.1:${port}`), 'connection')).toMatch(/is no HTTP/)
    const plain = await simulator({ flavor: 'vllm' })
    expect(foundOf(await look(plain.replace('http:', 'https:')), 'tls')).toMatch(/speaks no TLS/)
  })

  test('a certificate of one’s own is refused, as k6 does, unless it is accepted', async () => {
    const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'x' }])
    const target = new URL(await simulator({ flavor: 'vllm' }))
    const server = createTlsServer({ key, cert }, (req, res) => {
      const on = request({
        ...target,
        port: target.port,
        host: '127.0.0.1',
        path: req.url,
        method: req.method,
        headers: req.headers,
      })
      on.on('response', (answer) => {
        res.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(res)
      })
      req.pipe(on)
    })
    const url = (await listen(server as unknown as Server)).replace('http:', 'https:')
    const refused = await look(url)
    expect(refused.findings.at(-1)).toMatchObject({ check: 'tls', level: 'fail' })
    const accepted = await look(url, { insecure: true })
    expect(accepted.ok, toText(accepted)).toBe(true)
    expect(accepted.streams[0]?.tls).toBeGreaterThan(0)
  })

  test('an error in JSON under HTTP 200 is told in the words of the server', async () => {
    const url = await listen(
      createServer((req, res) => {
        if (req.url === '/v1/models')
          return res.end('{"object":"list","data":[{"id":"m","owned_by":"vllm"}]}')
        res.writeHead(200, { 'content-type': 'text/plain' })
        res.end('{"error":{"message":"The model `current` does not exist.","code":404}}')
      }),
    )
    expect(foundOf(await look(url), 'stream')).toBe(
      '1 of 1 streams ended in an error after HTTP 200: The model `current` does not exist.',
    )
  })

  test('a server that runs out of memory, and one that is at work', async () => {
    const url = await listen(
      createServer((req, res) => {
        if (req.url === '/v1/models')
          return res.end('{"object":"list","data":[{"id":"m","owned_by":"vllm"}]}')
        if (req.url === '/metrics')
          return res.end(
            'vllm:num_requests_running{model_name="m"} 3.0\nvllm:num_requests_waiting{model_name="m"} 1.0\n',
          )
        res
          .writeHead(500)
          .end('{"error":{"message":"CUDA out of memory. Tried to allocate 2 GiB"}}')
      }),
    )
    const result = await look(url)
    const error = result.findings.find((one) => one.check === 'server-error')
    expect(error?.means).toMatch(/out of memory/)
    expect(error?.todo).toMatch(/--gpu-memory-utilization.*MAX_VUS=5/)
    expect(foundOf(result, 'load')).toBe('the server is at work for others: 3 running, 1 waiting')
  })
})

describe('the command', () => {
  const main = fileURLToPath(new URL('../../../../bin/k6-llm.js', import.meta.url))
  const run = (...args: string[]) => start('doctor', ...args)
  const start = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [main, ...args], {
        env: { PATH: '', NO_COLOR: '1' },
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk) => {
        stdout += chunk
      })
      child.stderr.on('data', (chunk) => {
        stderr += chunk
      })
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })

  test('ends with the command that tests it; run without a script offers all of them', async () => {
    const url = await simulator({ flavor: 'vllm' })
    const doctor = await run(url, '--requests', '1')
    expect(doctor.stdout).toMatch(
      new RegExp(`npx k6-llm run -e BASE_URL=${url} -e API=openai-chat[\\s\\\\]+-e MODEL=\\S+ `),
    )
    expect(doctor.stdout.trimEnd()).toMatch(/examples\/streaming-test\.js$/)
    const offered = await start('run', '-e', `BASE_URL=${url}`)
    expect(offered.code).toBe(2)
    expect(offered.stderr).toMatch(/Ready for a test/)
    for (const name of ['load', 'streaming', 'comprehensive', 'model-management']) {
      expect(offered.stderr).toMatch(
        new RegExp(`^  npx k6-llm run .*examples/${name}-test\\.js$`, 'm'),
      )
    }
    expect((await start('run')).stderr).toMatch(/no script was named; .*-e BASE_URL=http/)
  }, 60_000)

  test('prints findings in 80 columns, and says how many requests it sent', async () => {
    const url = await simulator({ flavor: 'vllm', itl: 25 })
    const { code, stdout } = await run(url, '--tokens', '12')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^! k6 +no k6 on PATH and no K6_BIN$/m)
    expect(stdout).toMatch(/^first token +[\d.]+ +[\d.]+ +[\d.]+$/m)
    expect(stdout).toMatch(/^Ready for a test, with \d catch(es)? \(!\)\. 6 requests were sent\.$/m)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  test('--json, and the code of a server that cannot be tested', async () => {
    const url = await simulator({ flavor: 'vllm', fault: { buffer: 1 } })
    const { code, stdout } = await run(url, '--json', '--requests', '1')
    expect(code).toBe(1)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({
      schema: 'k6-llm/doctor@1',
      url,
      k6: null,
      ok: false,
      requests: 4,
    })
    expect(levelOf(result, 'buffering')).toBe('fail')
  })

  test.each([
    [[], /no address was given; expected one such as http:\/\/localhost:8000/],
    [['localhost:8000'], /localhost:8000: expected an address that begins with http/],
    [['http://x', '--api', 'grpc'], /--api grpc: expected one of openai-chat, /],
    [['http://x', '--requests', '99'], /expected a whole number from 1 to 10/],
  ])('%j is wrong use', async (args, message) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('a server without a list of models', () => {
  const answers = (table: Record<string, [number, unknown, Record<string, string>?]>) =>
    listen(
      createServer((req, res) => {
        req.resume().on('end', () => {
          const found = table[`${req.method} ${req.url}`] ?? [404, { detail: 'Not Found' }]
          const [status, body, headers] = found
          res.writeHead(status, { 'content-type': 'application/json', ...headers })
          res.end(JSON.stringify(body))
        })
      }),
    )
  const noDb = { error: { message: 'No connected db.', type: 'no_db_connection', code: '400' } }

  test('LiteLLM without a database: one POST tells, and its words are shown', async () => {
    const url = await answers({
      'GET /v1/models': [400, noDb],
      'POST /v1/chat/completions': [400, noDb],
    })
    const result = await look(url, { model: 'm' })
    expect(result.server.api).toBe('openai-chat')
    expect(foundOf(result, 'models')).toBe('it lists no models (HTTP 400: No connected db.)')
    expect(foundOf(result, 'request')).toMatch(/HTTP 400: No connected db\.$/)
    expect(result.requests).toBeLessThanOrEqual(7)
  })

  test('one that only answers chats', async () => {
    const choices = [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }]
    const url = await answers({ 'POST /v1/chat/completions': [200, { choices }] })
    const result = await look(url, { model: 'm' })
    expect(result.server).toMatchObject({ api: 'openai-chat', models: [] })
    expect(levelOf(result, 'models')).toBe('note')
  })

  test('one that answers everything with a page, or with 404, is none', async () => {
    const result = await look(await answers({ 'POST /v1/chat/completions': [404, { a: 1 }] }))
    expect(foundOf(result, 'server')).toMatch(
      /no language model.*\/v1\/models 404, .*\/v1\/chat\/completions 404\)/,
    )
  })

  test('a chat that is redirected is said to be, with the place', async () => {
    const to = { location: 'https://elsewhere/v1/chat/completions' }
    const data = [{ id: 'm', owned_by: 'vllm' }]
    const url = await answers({
      'GET /v1/models': [200, { data }],
      'POST /v1/chat/completions': [307, {}, to],
    })
    const result = await look(url)
    expect(levelOf(result, 'redirect')).toBe('fail')
    expect(foundOf(result, 'redirect')).toContain(`HTTP 307: ${to.location}`)
  })

  test("the guide's gateway is asked for the model that it runs, whatever `current` says", async () => {
    const url = await simulator({ flavor: 'gateway', upstream404As200: true })
    const more = { user: 'test@example.com', password: 'test123', model: 'current' }
    const result = await look(url, more)
    expect(result.ok, toText(result)).toBe(true)
    expect(foundOf(result, 'models')).toMatch(/; asked was microsoft\/Phi-3-mini-4k-instruct$/)
  })
})
