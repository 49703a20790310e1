import { relative } from 'node:path'
import { inPackage } from '../package-root.ts'

/** What was found. */
interface Found {
  /** of the server */
  url: string
  server: { api?: string; model?: string }
}

/** What the question had that a test needs too; secrets are named, never written. */
interface Asked {
  url: string
  token?: string
  user?: string
  insecure?: boolean
}

/**
 * The variables of a test of this server, as they are written in a shell: what was found out, and
 * what was given for the login by the names of its variables.
 */
function variablesFor({ url, server }: Found, asked: Asked): Record<string, string> {
  const { username, password } = new URL(asked.url)
  const secret = username !== '' || password !== ''
  const login: Record<string, string> = asked.token
    ? { API_TOKEN: '"$API_TOKEN"' }
    : asked.user && server.api === 'gateway'
      ? { TEST_EMAIL: '"$TEST_EMAIL"', TEST_PASSWORD: '"$TEST_PASSWORD"' }
      : {}
  return {
    BASE_URL: secret ? '"$BASE_URL"' : quoted(url),
    ...(server.api && { API: server.api }),
    ...(server.model !== undefined && { MODEL: quoted(server.model) }),
    ...login,
  }
}

/** The command that runs a reference test on what was examined: to be copied as it is. */
export function nextCommand(result: Found, asked: Asked, test: string = 'streaming-test'): string {
  const variables = Object.entries(variablesFor(result, asked))
  const script = relative(process.cwd(), inPackage(`examples/${test}.js`)).replaceAll('\\', '/')
  return [
    'npx k6-llm run',
    ...(asked.insecure ? ['--insecure'] : []),
    ...variables.map(([name, value]) => `-e ${name}=${value}`),
    ...['-e TEST_DURATION=2m', '-e MAX_VUS=5', quoted(script)],
  ].join(' ')
}

/** As a shell reads it back. */
function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
