import { messageOf } from './script-values.ts'

/** k6's exit codes (https://pkg.go.dev/go.k6.io/k6/errext/exitcodes). */
export const EXIT = {
  ok: 0,
  thresholdsFailed: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  genericTimeout: 102,
  invalidConfig: 104,
  externalAbort: 105,
  scriptException: 107,
  scriptAborted: 108,
  markedAsFailed: 110,
  failed: 255,
}

/** Why a run ends: for the user, and as its exit code. */
export interface Failure {
  text: string
  code: number
}

/** What ends a run. */
export class RunError extends Error {
  override name = 'RunError'
  code: number

  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof RunError) return { text: error.message, code: error.code }
  return { text: messageOf(error), code: EXIT.failed }
}
