/** Monotonic milliseconds with a fraction; all due times are on this clock. */
export const now = () => performance.now()

/**
 * A monotonic time as wall-clock milliseconds since 1970, with a fraction, so that a client on the
 * same machine can compare its own clock with it.
 */
export const toEpoch = (monotonic: number) => performance.timeOrigin + monotonic

/** Node clamps a longer timer to 1 ms, so a far due time is reached in steps. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Calls `run` at `due` or as soon after it as a timer allows, never before.
 *
 * Node's timers fire on whole milliseconds of libuv's clock, up to 1 ms before or after a
 * fractional due time. Rounding the wait up lands on the first such tick at or after `due`, or on
 * the one before; the second look at the clock catches the latter. What is left is a lateness of
 * 0-1 ms, which never adds up because every due time is absolute.
 *
 * @param due on the clock of `now`
 * @returns cancels it
 */
export function at(due: number, run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  const arm = () => {
    const wait = due - now()
    if (wait > 0) {
      timer = setTimeout(check, Math.min(Math.ceil(wait), LONGEST_TIMER))
    } else {
      immediate = setImmediate(run)
    }
  }
  const check = () => (now() >= due ? run() : arm())
  arm()
  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}
