// One stream that nobody measures. The first request of a process opens modules and runs code that
// is not compiled yet: it was 7 to 9 ms late where the ones after it are 2 to 4, and a first request
// is a user's first impression of TTFT.

import { createServer } from 'node:http'
import type { SseCall } from '../calls.ts'
import { sseCall } from './sse.ts'

const TIMES = 3

/** Streams from a server of its own on 127.0.0.1, which is closed then. It never fails. */
export function warmUp() {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    for (let i = 0; i < 50; i++)
      response.write(`data: {"choices":[{"delta":{"content":"${i}"}}]}\n\n`)
    response.end('data: [DONE]\n\n')
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address === null || typeof address === 'string') return
    stream(`http://127.0.0.1:${address.port}/`, TIMES, () => server.close())
  })
}

function stream(url: string, times: number, done: () => void) {
  if (times === 0) return done()
  const call: SseCall = {
    kind: 'sse',
    url,
    method: 'POST',
    headers: {},
    body: Buffer.from('{}'),
    insecure: false,
    timeout: 1000,
  }
  const running = sseCall(call, (message) => {
    if (message.kind === 'event' && message.event.data === '[DONE]') running.stop()
    else if (message.kind === 'error') running.stop()
    else if (message.kind === 'end') stream(url, times - 1, done)
  })
}
