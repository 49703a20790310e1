// A whole run, from the script to the exit code.
import { EXIT, RunError } from './exit-codes.ts'
import { test } from './lifecycle.ts'
import { load } from './load.ts'
import { Session } from './session.ts'

/** all may be left out */
export interface RunOptions {
  /** `-e NAME=value`, over the process's own variables */
  env?: Record<string, string>
  /**
   * over what the script exports, in k6's names: `vus`,
   * `duration`, `iterations`, `stages`, `tags`, `setupTimeout` …
   */
  options?: Record<string, any>
  /** `json=FILE`: every sample as a line */
  out?: string[]
  /** a file for the summary as JSON */
  summaryExport?: string
  noSummary?: boolean
  noSetup?: boolean
  noTeardown?: boolean
  noThresholds?: boolean
  /** no progress, no banner */
  quiet?: boolean
  /** the log's debug lines too */
  verbose?: boolean
  noColor?: boolean
  logFormat?: 'text' | 'raw' | 'json'
  /** a file for what the script writes by `console` */
  consoleOutput?: string
  /** whether Ctrl-C ends the test in good order. */
  signals?: boolean
}
/* CODEMOD rest: @default true
 */

/**
 * Runs a k6 script in Node: a preview, for machines without k6. Writes what k6 writes, to stdout
 * (summary) and stderr (log, progress).
 *
 * Never rejects for what a script or its options do wrong: that is logged, and the exit code tells
 * it, in k6's numbers: 0, 99 thresholds crossed, 104 options, 105 Ctrl-C, 107 exception,
 * 108 test.abort (exit-codes.js has all). When it resolves, no thread, port or temporary file is
 * left. One run at a time: it uses the process's signals and standard streams.
 *
 * @param path the script
 * @returns the exit code
 */
export async function runScript(path: string, given: RunOptions = {}): Promise<number> {
  const session = new Session(path, given)
  try {
    return await test(session, await load(session))
  } catch (error) {
    const { code = EXIT.failed, message, stack } = error as RunError
    session.log.error(error instanceof RunError ? message : String(stack))
    return code
  } finally {
    await session.close()
  }
}
