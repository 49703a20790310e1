// A server that sends an answer as fast as its reader takes it: no timers, bytes made once.
// As a process of its own it prints one line of JSON with its url; it ends with its stdin.
import { createServer, type Server } from 'node:http'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { answer, body } from './bytes.ts'
import { portOf } from './port.ts'

const PIECE = 64 * 1024

/** @returns `max_tokens` of a request is the length of its answer */
export function createFastServer(): Server {
  const made = new Map<number, Buffer[]>()

  function piecesOf(tokens: number) {
    const known = made.get(tokens)
    if (known) return known
    const bytes = Buffer.from(body(answer(tokens).data))
    const pieces = []
    for (let from = 0; from < bytes.length; from += PIECE) {
      pieces.push(bytes.subarray(from, from + PIECE))
    }
    made.set(tokens, pieces)
    return pieces
  }

  return createServer(async (req, res) => {
    let json = ''
    for await (const piece of req) json += piece
    res.on('error', () => res.destroy())
    res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
    Readable.from(piecesOf(JSON.parse(json).max_tokens)).pipe(res)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = createFastServer()
  server.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${portOf(server)}` }))
  })
  process.stdin.on('end', () => process.exit(0)).resume()
}
