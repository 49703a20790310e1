// The floor of a VU that receives one answer: the extension alone.
import sse from 'k6/x/sse'
import { atRest } from './at-rest.js'

export { options, setup } from './at-rest.js'

const body = JSON.stringify({ max_tokens: 50, stream: true })

export default function () {
  let client
  const params = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
  sse.open(`${__ENV.URL}/v1/chat/completions`, params, (opened) => {
    client = opened
    opened.on('event', () => undefined)
    opened.on('error', () => opened.close())
  })
  client.close()
  atRest()
}

if (__VU > 0) console.log('bench-vu')
