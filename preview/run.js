// A whole run, from the script to the exit code.
import { EXIT, RunError } from './exit-codes.js'
import { test } from './lifecycle.js'
import { load } from './load.js'
import { Session } from './session.js'

/**
 * @typedef {object} RunOptions all may be left out
 * @property {Record<string, string>} [env] `-e NAME=value`, over the process's own variables
 * @property {Record<string, any>} [options] over what the script exports, in k6's names: `vus`,
 *   `duration`, `iterations`, `stages`, `tags`, `setupTimeout` …
 * @property {string[]} [out] `json=FILE`: every sample as a line
 * @property {string} [summaryExport] a file for the summary as JSON
 * @property {boolean} [noSummary]
 * @property {boolean} [noSetup]
 * @property {boolean} [noTeardown]
 * @property {boolean} [noThresholds]
 * @property {boolean} [quiet] no progress, no banner
 * @property {boolean} [verbose] the log's debug lines too
 * @property {boolean} [noColor]
 * @property {'text' | 'raw' | 'json'} [logFormat]
 * @property {string} [consoleOutput] a file for what the script writes by `console`
 * @property {boolean} [signals] whether Ctrl-C ends the test in good order. @default true
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
 * @param {string} path the script
 * @param {RunOptions} [given]
 * @returns {Promise<number>} the exit code
 */
export async function runScript(path, given = {}) {
  const session = new Session(path, given)
  try {
    return await test(session, await load(session))
  } catch (error) {
    const { code = EXIT.failed, message, stack } = /** @type {RunError} */ (error)
    session.log.error(error instanceof RunError ? message : String(stack))
    return code
  } finally {
    await session.close()
  }
}
