import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CommandError, EXIT } from '../command.js'
import { INSTALL } from '../find-k6.js'
import { runProcess } from './process.js'

const main = new URL('../../preview/main.js', import.meta.url)

/**
 * Runs a script in the preview engine, in a process of its own as a k6 would be.
 *
 * @param {string} path
 * @param {{ variables?: Record<string, string>, outs?: string[], passedOn?: string[],
 *   toStderr?: boolean }} options
 */
export async function runPreview(path, { variables = {}, outs = [], passedOn = [], toStderr }) {
  if (!existsSync(main)) {
    throw new CommandError(
      `no k6 was found, and this package has no preview engine; install k6: ${INSTALL.k6}`,
      EXIT.noK6,
    )
  }
  const args = [
    ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...outs.flatMap((out) => ['--out', out]),
    ...passedOn,
  ]
  return runProcess(process.execPath, [fileURLToPath(main), ...args, path], { toStderr })
}
