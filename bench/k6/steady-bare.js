// The floor: the same answers, with a handler that stores the clock.
import exec from 'k6/execution'
import sse from 'k6/x/sse'

const messages = [{ role: 'user', content: 'Hello' }]
const body = JSON.stringify({ messages, max_tokens: Number(__ENV.TOKENS), stream: true })

export default function () {
  const clock = exec.instance
  const at = []
  let client
  const params = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
  const response = sse.open(`${__ENV.URL}/v1/chat/completions`, params, (opened) => {
    client = opened
    opened.on('event', () => at.push(clock.currentTestRunDuration))
    opened.on('error', () => opened.close())
  })
  client.close()
  if (response.status !== 200) throw new Error(`status ${response.status}`)
}
