import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { CommandError, EXIT } from '../command.ts'
import type { Engine } from '../find-k6.ts'
import { inPackage } from '../package-root.ts'

/** k6's own, where it is free. */
const PORT = 5665

export const dashboardFile = inPackage('dashboard/llm.dashboard.json')

/** The page that is kept: `DIRECTORY/NAME-STAMP-dashboard.html`. */
export interface PageName {
  name: string
  stamp: string
  directory: string
}

/**
 * The variables that turn k6's web dashboard on, with the LLM tabs, and export it at the end. What
 * the user has set stays.
 */
export async function dashboardVariables(
  { noDashboard }: Pick<Engine, 'noDashboard'>,
  { name, stamp, directory }: PageName,
): Promise<Record<string, string>> {
  if (noDashboard !== undefined) throw new CommandError(`--dashboard: ${noDashboard}`, EXIT.noK6)
  const ours = {
    K6_WEB_DASHBOARD: 'true',
    XK6_DASHBOARD_CONFIG: dashboardFile,
    K6_WEB_DASHBOARD_EXPORT: join(directory, `${name}-${stamp}-dashboard.html`),
    K6_WEB_DASHBOARD_PERIOD: '2s',
    K6_WEB_DASHBOARD_PORT: '',
  }
  const given = Object.keys(ours).filter((key) => process.env[key])
  if (!process.env.K6_WEB_DASHBOARD_PORT) ours.K6_WEB_DASHBOARD_PORT = String(await freePort())
  return Object.fromEntries(Object.entries(ours).filter(([key]) => !given.includes(key)))
}

/**
 * Where to look at it, now and later.
 *
 * @param variables of k6
 */
export function aboutDashboard(variables: NodeJS.ProcessEnv): string {
  const { K6_WEB_DASHBOARD_HOST: host, K6_WEB_DASHBOARD_PORT: port } = variables
  const page = variables.K6_WEB_DASHBOARD_EXPORT
  const live = port === '-1' ? '' : ` http://${host || '127.0.0.1'}:${port} while it runs;`
  return `dashboard:${live} then ${page}`
}

/** k6's port for the dashboard, or another one where it is taken: k6 would end with an error. */
async function freePort() {
  for (const port of [PORT, 0]) {
    const server = createServer()
    const bound = once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.listen(port, '127.0.0.1')
    if (!(await bound)) continue
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address === 'object') return address.port
  }
  return PORT
}
