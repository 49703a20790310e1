// The peer: a script as it is usually written. It parses each event where it arrives.
import { Counter, Trend } from 'k6/metrics'
import sse from 'k6/x/sse'

const ttft = new Trend('usual_ttft', true)
const duration = new Trend('usual_duration', true)
const tokens = new Counter('usual_tokens')
const body = JSON.stringify({ max_tokens: Number(__ENV.TOKENS), stream: true })

export default function () {
  const start = Date.now()
  let first = 0
  let count = 0
  let text = ''
  const response = sse.open(
    `${__ENV.URL}/v1/chat/completions`,
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body },
    (client) => {
      client.on('event', (event) => {
        if (event.data === '[DONE]') {
          client.close()
          return
        }
        const chunk = JSON.parse(event.data)
        const delta = chunk.choices[0]?.delta
        if (!delta?.content) return
        const now = Date.now()
        if (first === 0) first = now
        count += 1
        text += delta.content
      })
      client.on('error', () => client.close())
    },
  )
  if (response.status !== 200 || text.length < count) throw new Error('a wrong answer')
  ttft.add(first - start)
  duration.add(Date.now() - start)
  tokens.add(count)
}
