// Inside k6, on its own clock: reading a whole body against JSON.parse of the same chunks.
import exec from 'k6/execution'
import http from 'k6/http'
import { interpretStream } from '../../dist/index.js'

const tokens = Number(__ENV.TOKENS)
const rounds = Number(__ENV.ROUNDS)

export default function () {
  const clock = exec.instance
  const url = `${__ENV.URL}/v1/chat/completions`
  const request = JSON.stringify({ max_tokens: tokens, stream: true })
  const body = http.post(url, request, { responseType: 'text' }).body
  const chunks = body
    .split('\n\n')
    .map((event) => event.slice('data: '.length))
    .filter((data) => data[0] === '{')
  if (chunks.length !== tokens + 3) throw new Error(`${chunks.length} chunks`)

  const kinds = {
    parse: () => {
      for (const chunk of chunks) JSON.parse(chunk)
    },
    read: () => interpretStream(body, { api: 'openai-chat' }).text.length,
    unread: () => interpretStream(body, { api: 'openai-chat' }).generated.length,
  }
  if (kinds.unread() !== tokens || kinds.read() < tokens) throw new Error('a wrong reading')
  const names = Object.keys(kinds)
  const times = { parse: [], read: [], unread: [] }
  for (let i = 0; i < rounds; i++) {
    for (let j = 0; j < names.length; j++) {
      // All six orders: each leaves its garbage to the one after it.
      const step = i % 2 === 0 ? j : names.length - j
      const name = names[(i + step) % names.length]
      const start = clock.currentTestRunDuration
      kinds[name]()
      times[name].push(clock.currentTestRunDuration - start)
    }
  }
  console.log(`bench-result ${JSON.stringify(times)}`)
}
