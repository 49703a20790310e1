// A whole run, from the script to the exit code.
import { failureOf, RunError } from './exit-codes.ts'
import { test } from './lifecycle.ts'
import { load } from './load.ts'
import { type RunOptions, Session } from './session.ts'

/**
 * Runs a k6 script in Node: a preview, for machines without k6. Writes what k6 writes, to stdout
 * (summary) and stderr (log, progress).
 *
 * Never rejects for what a script or its options do wrong: that is logged, and the exit code tells
 * it, in k6's numbers: 0, 99 thresholds crossed, 104 options, 105 Ctrl-C, 107 exception,
 * 108 test.abort (exit-codes.ts has all). When it resolves, no thread, port or temporary file is
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
    const { text, code } = failureOf(error)
    session.log.error(
      error instanceof Error && !(error instanceof RunError) ? `${error.stack}` : text,
    )
    return code
  } finally {
    await session.close()
  }
}
