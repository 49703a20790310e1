// The I/O thread: all network traffic of a run, so that it is read as it comes while VUs are parked.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { boardOf } from '../board.ts'
import type { Answer, FromIo, ToIo as FromScript } from '../calls.ts'
import type { ToIo } from '../messages.ts'
import { createAgents } from './exchange.ts'
import { httpCall } from './http.ts'
import { sseCall } from './sse.ts'
import { warmUp } from './warm-up.ts'

const { elapsed } = boardOf(workerData.board)

/** What each VU has here. */
const attached = new Map<number, { stop(): void }>()

warmUp()

parentPort?.on('message', (message: ToIo) => {
  if (message.kind === 'attach') attach(message.key, message.port, message.signal)
  else attached.get(message.key)?.stop()
})

function attach(key: number, port: MessagePort, buffer: SharedArrayBuffer) {
  const signal = new Int32Array(buffer)
  // Each VU has connections of its own, as in k6.
  const agents = createAgents()
  const calls = new Map<number, { stop(): void }>()

  port.on('message', (call: FromScript) => {
    const { id } = call
    if (call.kind === 'close') {
      calls.get(id)?.stop()
      return
    }
    let over = false
    const answer = (message: Answer) => {
      over = message.kind === 'http' || message.kind === 'end'
      if (over) calls.delete(id)
      port.postMessage({ id, ...message } satisfies FromIo)
      Atomics.add(signal, 0, 1)
      Atomics.notify(signal, 0)
    }
    const start = () => {
      if (call.kind === 'sse') return sseCall(call, answer)
      const once = call.reuse ? agents : createAgents({ keepAlive: false })
      return httpCall(call, once, elapsed, answer)
    }
    const started = start()
    if (!over) calls.set(id, started)
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
