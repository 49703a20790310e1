// What a relay could get wrong on the way between k6 and a server, case by case.
import exec from 'k6/execution'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { canStream, createChatClient, env, relayTransport } from '../../../dist/index.js'

const done = new Counter('tests_done')
const server = env.url('BASE_URL')
const odd = env.url('ODD_URL')
const relay = relayTransport({ url: env.url('LLM_RELAY') })

export const options = {
  vus: 1,
  iterations: 1,
  discardResponseBodies: true,
  hosts: { 'llm.test': '127.0.0.1' },
  thresholds: { tests_done: ['count==1'] },
}

const streamsAtInit = canStream()
const chat = createChatClient({ baseUrl: server, model: 'sim-7b' })

function tell(name, value) {
  console.log(`RESULT ${encodeURIComponent(JSON.stringify({ name, value }))}`)
}

/** One exchange by the transport itself. */
async function send(name, url, more) {
  const request = { method: 'GET', url, headers: {}, timeout: 5000, tags: { name } }
  const recording = await relay.send(Object.assign(request, more))
  const seen = {}
  for (const key of ['source', 'status', 'body', 'data', 'event', 'raw', 'error']) {
    if (recording[key] !== undefined) seen[key] = recording[key]
  }
  tell(name, seen)
  return recording
}

export async function setup() {
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: 3 })
  tell('in setup', { ok: reply.ok, source: reply.timing.source })
}

export default async function () {
  tell('streams at init', streamsAtInit)
  for (const status of [200, 204, 205, 304, 404, 503]) {
    await send(`status ${status}`, `${odd}/status/${status}`)
  }
  await send('HEAD', `${odd}/json`, { method: 'HEAD' })
  for (const path of ['gzip', 'sse-gzip', 'sse', 'ndjson', 'json', 'redirect/302', 'cut', 'hang']) {
    await send(path, `${odd}/${path}`, { timeout: 400 })
  }
  await send('korean', `${odd}/echo`, {
    method: 'POST',
    body: '한국어 🙂',
    headers: { 'X-Name': '한국어', Origin: 'http://a.test', 'User-Agent': 'mine' },
  })

  // A cookie of one address stays there, though both are behind one relay.
  const jar = http.cookieJar()
  jar.set(server, 'of', 'server', { path: '/' })
  await send('cookie of another host', `${odd.replace('127.0.0.1', 'llm.test')}/echo`)
  tell('kept', jar.cookiesForURL(`${odd}/status/1`))

  // Silent for ever: the user leaves on time.
  const silent = { headers: { 'x-sim-fault': 'stall-before-headers' } }
  const impatient = createChatClient({ baseUrl: server, model: 'sim-7b', patience: '300ms' })
  const left = await impatient.stream('Hello', silent)
  tell('patience', { kind: left.error.kind, duration: left.timing.duration })
  const stopped = await chat.stream('Hello', Object.assign({ abortAfter: { ms: 250 } }, silent))
  tell('abortAfter.ms', { kind: stopped.error.kind, duration: stopped.timing.duration })
  const awake = createChatClient({ baseUrl: server, model: 'sim-7b', idle: '300ms' })
  const fell = await awake.stream('Hello', silent)
  tell('idle', { kind: fell.error.kind, duration: fell.timing.duration })

  // Several at once in one VU.
  const before = exec.instance.currentTestRunDuration
  const many = await Promise.all([1, 2, 3, 4].map(() => chat.stream('Hello')))
  const took = exec.instance.currentTestRunDuration - before
  tell('at once', {
    ok: many.every((reply) => reply.ok),
    inTurns: many.reduce((sum, reply) => sum + reply.timing.duration, 0) < took,
  })
  const whole = await chat.complete('Hello')
  tell('complete', {
    ok: whole.ok,
    source: whole.timing.source,
    tokens: whole.usage.completionTokens,
  })

  // A server that is not allowed, and a relay that is not there.
  await send('refused', 'http://127.0.0.1:1/path?key=secret')
  const gone = relayTransport({ url: 'http://127.0.0.1:1' })
  const lost = await gone.send({ method: 'GET', url: odd, headers: {}, timeout: 1000, tags: {} })
  tell('gone', lost.error)
  await createChatClient({ baseUrl: server, model: 'sim-7b', transport: gone }).stream('Hello')
  const stranger = relayTransport({ url: odd })
  const other = await stranger.send({
    method: 'GET',
    url: odd,
    headers: {},
    timeout: 1000,
    tags: {},
  })
  tell('no relay', other.error)
  done.add(1)
}
