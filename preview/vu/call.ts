// Calls from a VU to the I/O thread. A synchronous call parks the thread on `signal` until the
// answer is there, as a call of k6 parks its VU.
import { setImmediate } from 'node:timers'
import { receiveMessageOnPort } from 'node:worker_threads'
import type {
  Answer,
  Call,
  FromIo,
  HttpAnswer,
  HttpCall,
  SseCall,
  SseEnd,
  SsePart,
  ToIo,
} from '../calls.ts'
import { flush } from './samples.ts'
import { begin, data, end } from './state.ts'

const signal = new Int32Array(data.signal)
const { port } = data
const never = new Int32Array(new SharedArrayBuffer(4))

/** Who waits for the messages of which call. */
const waiting = new Map<number, (message: Answer) => void>()
let calls = 0

// While the VU is not parked, answers come by its event loop.
port.on('message', deliver)

function deliver(message: FromIo) {
  waiting.get(message.id)?.(message)
}

/** Parks the thread until a message has come, and delivers it. */
function deliverNext() {
  for (;;) {
    const seen = Atomics.load(signal, 0)
    const received = receiveMessageOnPort(port)
    if (received) return deliver(received.message)
    Atomics.wait(signal, 0, seen)
  }
}

const post = (message: ToIo) => port.postMessage(message)

/**
 * Sends a call; each of its messages goes to `receive`, until that returns true.
 *
 * @returns the call's id
 */
function send(call: Call, receive: (message: Answer) => boolean): number {
  const id = ++calls
  waiting.set(id, (message) => {
    if (receive(message)) waiting.delete(id)
  })
  flush()
  post({ id, ...call })
  return id
}

function sendHttp(call: HttpCall, receive: (answer: HttpAnswer) => void) {
  send(call, (answer) => {
    if (answer.kind === 'http') receive(answer)
    return true
  })
}

/**
 * Makes several calls at once and waits for all the answers.
 *
 * @param may whether a call may start now
 */
export function callAll(
  list: HttpCall[],
  may: (index: number, running: number[]) => boolean,
): HttpAnswer[] {
  const answers = new Array<HttpAnswer>(list.length)
  const queue = [...list.entries()]
  let running: number[] = []
  let open = list.length
  while (open > 0) {
    for (const entry of [...queue]) {
      const [index, call] = entry
      if (!may(index, running)) continue
      queue.splice(queue.indexOf(entry), 1)
      running.push(index)
      sendHttp(call, (answer) => {
        answers[index] = answer
        running = running.filter((other) => other !== index)
        open--
      })
    }
    deliverNext()
  }
  return answers
}

/** Calls and waits. */
export function callSync(call: HttpCall): HttpAnswer {
  const received: HttpAnswer[] = []
  sendHttp(call, (answer) => received.push(answer))
  for (;;) {
    deliverNext()
    const [answer] = received
    if (answer !== undefined) return answer
  }
}

/** Calls; the event loop goes on. */
export function callAsync(call: HttpCall): Promise<HttpAnswer> {
  begin()
  return new Promise((resolve) => {
    sendHttp(call, (answer) => {
      resolve(answer)
      // After the script's own continuation, which may make the next call.
      setImmediate(end)
    })
  })
}

/** Opens a stream and hands its messages over, in their order, until it ends. */
export function callStream(call: SseCall, receive: (message: SsePart) => void): SseEnd {
  // A handler may make calls of its own: what comes meanwhile waits for it to return.
  const queue: Answer[] = []
  const id = send(call, (message) => {
    queue.push(message)
    return message.kind === 'end'
  })
  try {
    for (;;) {
      if (queue.length === 0) deliverNext()
      const message = queue.shift()
      if (message?.kind === 'end') return message
      if (message !== undefined && message.kind !== 'http') receive(message)
    }
  } catch (error) {
    waiting.delete(id)
    close(id)
    throw error
  }
}

/** Tells the I/O thread that a stream is no longer wanted. */
export function close(id: number) {
  post({ id, kind: 'close' })
}

/** The id that the next call will have. */
export const nextCall = () => calls + 1

/** Parks the thread for a time. */
export function park(ms: number) {
  flush()
  Atomics.wait(never, 0, 0, ms)
}

/** Parks the thread until main ends it: for what no `catch` of a script may stop. */
export function parkForever(): never {
  flush()
  Atomics.wait(never, 0, 0)
  throw new Error('unreachable')
}
