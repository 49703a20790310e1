// The I/O thread: all network traffic of a run, so that it is read as it comes while VUs are parked.
import { parentPort, workerData } from 'node:worker_threads'
import { boardOf } from '../board.js'
import { createAgents } from './exchange.js'
import { httpCall } from './http.js'
import { sseCall } from './sse.js'
import { warmUp } from './warm-up.js'

const { elapsed } = boardOf(workerData.board)

/** What each VU has here. @type {Map<number, { stop(): void }>} */
const attached = new Map()

warmUp()

parentPort?.on('message', (message) => {
  if (message.kind === 'attach') attach(message.key, message.port, message.signal)
  else attached.get(message.key)?.stop()
})

/**
 * @param {number} key
 * @param {import('node:worker_threads').MessagePort} port
 * @param {SharedArrayBuffer} buffer
 */
function attach(key, port, buffer) {
  const signal = new Int32Array(buffer)
  // Each VU has connections of its own, as in k6.
  const agents = createAgents()
  /** @type {Map<number, { stop(): void }>} */
  const calls = new Map()

  port.on('message', (call) => {
    if (call.kind === 'close') {
      calls.get(call.id)?.stop()
      return
    }
    let over = false
    const answer = (/** @type {any} */ message) => {
      over = call.kind === 'http' || message.last === true
      if (over) calls.delete(call.id)
      port.postMessage({ id: call.id, ...message })
      Atomics.add(signal, 0, 1)
      Atomics.notify(signal, 0)
    }
    const once = call.kind === 'http' && !call.reuse ? createAgents({ keepAlive: false }) : agents
    const started =
      call.kind === 'sse' ? sseCall(call, answer) : httpCall(call, once, elapsed, answer)
    if (!over) calls.set(call.id, started)
  })

  attached.set(key, {
    stop() {
      attached.delete(key)
      port.close()
      for (const call of calls.values()) call.stop()
      agents.http.destroy()
      agents.https.destroy()
    },
  })
}
