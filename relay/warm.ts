import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONTROL_HEADER, RELAY_PATH, RELAY_PROTOCOL, type RelayControl, TARGET_HEADER } from '#node'

/** From then on an exchange takes no longer than the ones after it. */
const ROUNDS = 10
const AT_ONCE = 20
const EVENTS = 20

/**
 * Sends requests through the relay to a server of its own, before it says that it is ready: the
 * first ones of a process take some 40 ms (the parser is compiled, nothing is optimised), which
 * would be in the first users' times to first token.
 *
 * @param relay a server that answers as the relay's; it is closed at the end
 * @param onServer told the origin that must be forwarded to meanwhile
 */
export async function warmUp(relay: Server, onServer: (origin: string) => void): Promise<void> {
  const server = createServer((asked, response) => {
    asked.resume()
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    let left = EVENTS
    const next = () => {
      left--
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"token ${left}"}}]}\n\n`)
      if (left > 0) setImmediate(next)
      else response.end('data: [DONE]\n\n')
    }
    next()
  })
  const origin = await listen(server)
  onServer(origin)
  const url = (await listen(relay)) + RELAY_PATH
  const agent = new Agent({ keepAlive: true })
  for (let round = 0; round < ROUNDS; round++) {
    // Every second round on connections that stand.
    const sessions = Array.from({ length: AT_ONCE }, (_, i) => `${round >> 1}/${i}`)
    await Promise.all(sessions.map((session) => once(url, origin, session, agent)))
  }
  agent.destroy()
  for (const one of [server, relay]) {
    one.close()
    one.closeAllConnections()
  }
}

async function listen(server: Server): Promise<string> {
  // `exclusive`: among workers it would be the one that the first process hears of.
  const own = { port: 0, host: '127.0.0.1', exclusive: true }
  await new Promise<void>((resolve) => server.listen(own, resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function once(url: string, target: string, session: string, agent: Agent): Promise<void> {
  const control: RelayControl = {
    v: RELAY_PROTOCOL,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    base: 0,
    timeout: 5000,
    session,
    vu: 0,
    tags: {},
    // The answer is read as those of scripts are: the first ones cost some 20 ms, in others' times.
    note: { api: 'openai-chat', stream: true, read: true },
  }
  const headers = {
    [TARGET_HEADER]: encodeURIComponent(target),
    [CONTROL_HEADER]: JSON.stringify(control),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', resolve)
    })
    sent.on('error', reject)
    sent.end('{}')
  })
}
