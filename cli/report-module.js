import { existsSync } from 'node:fs'
import { CommandError } from './command.js'

/**
 * The library's reports, as they are built for Node.
 *
 * @returns {Promise<typeof import('../src/report.ts')>}
 */
export async function loadReports() {
  const file = new URL('../dist/report.js', import.meta.url)
  if (!existsSync(file)) {
    throw new CommandError('dist/report.js is not there; in a checkout npm run -s build makes it')
  }
  return import(file.href)
}
