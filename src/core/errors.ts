import exec from 'k6/execution'

/** Wrong use of the library: the message names the value, what was expected and the fix. */
export class UsageError extends Error {
  override name = 'UsageError'
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
  const text = `k6-llm: ${message}`
  if (inVuCode()) endTest(message)
  throw new UsageError(text)
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

/** Writes a value into a message: strings quoted, long ones cut at 80 characters. */
export function show(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function') return 'a function'
  let text: string
  try {
    text = JSON.stringify(value)
  } catch (_circular) {
    text = String(value)
  }
  if (text === undefined) text = String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
