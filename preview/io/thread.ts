// The I/O thread: all network traffic of a run, so that it is read as it comes while VUs are parked.
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { boardOf } from '../board.ts'
import { createAgents } from './exchange.ts'
import { httpCall } from './http.ts'
import { sseCall } from './sse.ts'
import { warmUp } from './warm-up.ts'

const { elapsed } = boardOf(workerData.board)

/** What each VU has here. */
const attached = new Map<number, { stop(): void }>()

warmUp()

parentPort?.on('message', (message) => {
  if (message.kind === 'attach') attach(message.key, message.port, message.signal)
  else attached.get(message.key)?.stop()
})

function attach(key: number, port: MessagePort, buffer: SharedArrayBuffer) {
  const signal = new Int32Array(buffer)
  // Each VU has connections of its own, as in k6.
  const agents = createAgents()
  const calls = new Map<number, { stop(): void }>()

  port.on('message', (call) => {
    if (call.kind === 'close') {
      calls.get(call.id)?.stop()
      return
    }
    let over = false
    const answer = (message: any) => {
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
