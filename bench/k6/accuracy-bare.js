// The floor: a handler that stores the clock, nothing else.
import exec from 'k6/execution'
import sse from 'k6/x/sse'
import { run } from './accuracy.js'

export { options, setup } from './accuracy.js'

export default run(async (own, tokens) => {
  const clock = exec.instance
  const at = []
  let client
  const headers = Object.assign({ 'Content-Type': 'application/json' }, own)
  const request = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: tokens }
  const options = { stream: true, stream_options: { include_usage: true } }
  const body = JSON.stringify(Object.assign(request, options))
  const params = { method: 'POST', headers, body }
  const startedAt = clock.currentTestRunDuration
  const response = sse.open(`${__ENV.URL}/v1/chat/completions`, params, (opened) => {
    client = opened
    opened.on('event', () => at.push(clock.currentTestRunDuration))
    opened.on('error', () => opened.close())
  })
  client.close()
  if (response.status !== 200) throw new Error(`status ${response.status}`)
  return { startedAt, at, ttft: at[1] - startedAt } // the first event is the role
})
