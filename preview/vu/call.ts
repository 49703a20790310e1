// Calls from a VU to the I/O thread. A synchronous call parks the thread on `signal` until the
// answer is there, as a call of k6 parks its VU.
import { setImmediate } from 'node:timers'
import { receiveMessageOnPort } from 'node:worker_threads'
import { flush } from './samples.ts'
import { begin, data, end } from './state.ts'

const signal = new Int32Array(data.signal)
const { port } = data
const never = new Int32Array(new SharedArrayBuffer(4))

/** Who waits for the messages of which call. */
const waiting = new Map<number, (message: any) => void>()
let calls = 0

// While the VU is not parked, answers come by its event loop.
port.on('message', deliver)

function deliver(message: any) {
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

/**
 * Sends a call; each of its messages goes to `receive`, until that returns true.
 *
 * @returns the call's id
 */
function send(call: object, receive: (message: any) => boolean): number {
  const id = ++calls
  waiting.set(id, (message) => {
    if (receive(message)) waiting.delete(id)
  })
  flush()
  port.postMessage({ id, ...call })
  return id
}

/**
 * Makes several calls at once and waits for all the answers.
 *
 * @param may whether a call may start now
 */
export function callAll(
  list: object[],
  may: (index: number, running: number[]) => boolean = () => true,
): any[] {
  const answers: any[] = new Array(list.length)
  const queue = list.map((_, index) => index)
  let running: number[] = []
  let open = list.length
  while (open > 0) {
    for (const index of [...queue]) {
      if (!may(index, running)) continue
      queue.splice(queue.indexOf(index), 1)
      running.push(index)
      send(list[index] as object, (answer) => {
        answers[index] = answer
        running = running.filter((other) => other !== index)
        open--
        return true
      })
    }
    deliverNext()
  }
  return answers
}

/** Calls and waits. */
export function callSync(call: object): any {
  return callAll([call])[0]
}

/** Calls; the event loop goes on. */
export function callAsync(call: object): Promise<any> {
  begin()
  return new Promise((resolve) => {
    send(call, (answer) => {
      resolve(answer)
      // After the script's own continuation, which may make the next call.
      setImmediate(end)
      return true
    })
  })
}

/**
 * Opens a stream and hands its messages over, in their order, until the last.
 *
 * @returns the last message, the one with `last: true`
 */
export function callStream(call: object, receive: (message: any) => void): any {
  let last
  // A handler may make calls of its own: what comes meanwhile waits for it to return.
  const queue: any[] = []
  const id = send(call, (message) => {
    queue.push(message)
    return message.last === true
  })
  try {
    while (last === undefined) {
      if (queue.length === 0) deliverNext()
      const message = queue.shift()
      if (message?.last) last = message
      else if (message !== undefined) receive(message)
    }
  } catch (error) {
    waiting.delete(id)
    port.postMessage({ id, kind: 'close' })
    throw error
  }
  return last
}

/** Tells the I/O thread that a stream is no longer wanted. */
export function close(id: number) {
  port.postMessage({ id, kind: 'close' })
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
