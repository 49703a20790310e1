// The way to the server as k6's own options have it: each address by the relay and by k6 itself.
import { Counter } from 'k6/metrics'
import { env, httpTransport, relayTransport } from '../../../dist/index.js'

const done = new Counter('tests_done')
const urls = JSON.parse(env.string('URLS'))
const relay = relayTransport({ url: env.url('LLM_RELAY') })

export const options = Object.assign(
  { vus: 1, iterations: 1, thresholds: { tests_done: ['count>0'] } },
  JSON.parse(env.string('OPTIONS')),
)

async function send(transport, name, url) {
  const request = { method: 'GET', url, headers: {}, timeout: 5000, tags: { name } }
  const { status, body, error } = await transport.send(request)
  return {
    status,
    body: body || '',
    kind: error ? error.kind : null,
    message: error ? error.message : null,
  }
}

export default async function () {
  for (const name of Object.keys(urls)) {
    const value = { name, relay: await send(relay, name, urls[name]) }
    if (env.string('ALONE') === undefined) value.k6 = await send(httpTransport, name, urls[name])
    console.log(`RESULT ${encodeURIComponent(JSON.stringify(value))}`)
  }
  done.add(1)
}
