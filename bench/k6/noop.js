// The floor: a handler that does nothing. What is left is k6 and the extension.
import sse from 'k6/x/sse'

const body = JSON.stringify({ max_tokens: Number(__ENV.TOKENS), stream: true })

export default function () {
  let client
  const response = sse.open(
    `${__ENV.URL}/v1/chat/completions`,
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body },
    (opened) => {
      client = opened
      opened.on('event', () => undefined)
      opened.on('error', () => opened.close())
    },
  )
  client.close()
  if (response.status !== 200) throw new Error('a wrong answer')
}
