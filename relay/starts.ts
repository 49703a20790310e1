/**
 * Starts exchanges one at a time, each in a turn of the event loop of its own. Where 200 users begin
 * together, 200 started in one turn would each be sent only after all others were prepared, and that
 * wait would stand in their times (95 ms to connect at the median on two busy cores, against 0.2). So the next
 * one begins when the loop has been round: what was started before has its connection by then. What waits
 * here has not started; the wait is in `llm_relay_overhead`.
 */
export function createStarts() {
  const waiting: (() => void)[] = []
  let first = 0
  let scheduled = false

  function next() {
    const start = waiting[first++]
    if (first === waiting.length) {
      waiting.length = 0
      first = 0
      scheduled = false
    } else setImmediate(next)
    start?.()
  }

  return {
    add(start: () => void) {
      waiting.push(start)
      if (scheduled) return
      scheduled = true
      setImmediate(next)
    },
  }
}
