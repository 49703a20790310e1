import exec from 'k6/execution'
import { didYouMean, noneOf } from './suggest.ts'

export { show } from './show.ts'

/** Wrong use of the library: the message names the value, what was expected and the fix. */
export class UsageError extends Error {
  override name = 'UsageError'

  override toString(): string {
    return this.message
  }
}

let beforeAbort: (() => void) | undefined

/** What is done before the library ends a test: a report must know that it was not the user. */
export function onAbort(task: () => void): void {
  beforeAbort = task
}

/**
 * Ends the test because the library was used wrongly.
 *
 * At init (and in `handleSummary`) it throws, which stops k6 with a non-zero exit code. In VU
 * code a throw would only fail one iteration after another and leave exit code 0 (measured:
 * 50,000 failing iterations in a second), so there the whole test is aborted (exit code 108).
 */
export function misuse(message: string): never {
  if (inVuCode()) endTest(message)
  throw withoutStack(`k6-llm: ${message}`)
}

/** Ends the test for a value that is none of the known names, and says which was meant. */
export function misnamed(what: string, given: unknown, known: readonly string[]): never {
  misuse(noneOf(what, given, known))
}

/**
 * The same for a key that there is none of.
 *
 * @param what says so, and what was expected, like `x: unknown option "a"; expected`
 */
export function unknownName(what: string, given: string, known: readonly string[]): never {
  misuse(`${what} ${known.join(', ')}${didYouMean(given, known)}`)
}

/**
 * An error whose message k6 prints as one line. It prints the stack of what the constructor of an
 * error made, into the same line as `\n\tat file:///…` (measured on 1.8 and 2.2; 0.47 does so for
 * whatever is thrown, text too: there `k6-llm run` leaves it out).
 */
function withoutStack(message: string): UsageError {
  const error: UsageError = Object.create(UsageError.prototype)
  error.name = 'UsageError'
  error.message = message
  return error
}

/** Ends the test from VU code (exit code 108): nothing after it runs there. */
export function endTest(message: string): void {
  if (beforeAbort) beforeAbort()
  exec.test.abort(`k6-llm: ${message}`)
}

/** True in VU code and `setup`; false at init and in `teardown`, where k6 has no execution info. */
export function inVuCode(): boolean {
  try {
    return exec.instance.currentTestRunDuration >= 0
  } catch (_notYet) {
    return false
  }
}
