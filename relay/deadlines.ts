/**
 * The deadlines of one exchange, each at its time and not at the next event. A time is in ms from
 * the start; whichever comes first ends the exchange.
 */
export function createDeadlines(start: number) {
  const timers = new Set<NodeJS.Timeout>()

  function arm(due: number, fire: () => void): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        // Timers fire up to 1 ms early by the clock that answers are measured with.
        if (performance.now() < due) arm(due, fire)
        else fire()
      },
      Math.max(1, due - performance.now()),
    )
    timers.add(timer)
  }

  let lastPiece = start
  return {
    /** At so many ms after the start. */
    at(ms: number | undefined, fire: () => void): void {
      if (ms !== undefined) arm(start + ms, fire)
    },
    /** After so many ms in which {@link alive} was not called. */
    idle(ms: number | undefined, fire: () => void): void {
      if (ms === undefined) return
      // One timer for each silence, not one for each piece.
      const look = () => {
        if (performance.now() - lastPiece >= ms) fire()
        else arm(lastPiece + ms, look)
      }
      arm(start + ms, look)
    },
    /** Something came at this time. */
    alive(time: number): void {
      lastPiece = time
    },
    clear(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
