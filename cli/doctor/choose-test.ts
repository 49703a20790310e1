import { CommandError, EXIT } from '../command.ts'
import { inPackage } from '../package-root.ts'
import { examine } from './examine.ts'
import { nextCommand } from './next-command.ts'
import { toText } from './text.ts'

/** What was chosen to be run. */
interface Chosen {
  script: string
  variables: Record<string, string>
}

/**
 * `run` without a script: doctor looks at the server, and the reference tests are offered. On a
 * terminal one is chosen; elsewhere their commands are shown.
 *
 * @param given variables for the script
 * @param insecure of the relay
 * @param tests names of the reference tests
 */
export async function chooseTest(
  given: Readonly<Record<string, string>>,
  insecure: boolean | undefined,
  tests: readonly string[],
): Promise<Chosen> {
  const value = (name: string) => (given[name] ?? process.env[name])?.trim() || undefined
  const url = value('API_BASE_URL') ?? value('BASE_URL')
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandError(
      'no script was named; expected the path of a k6 script, or --all, or the address of a ' +
        'server to be offered the reference tests: -e BASE_URL=http://localhost:8000',
      EXIT.wrongUse,
    )
  }
  const { APIS } = await import('#node')
  const asked = {
    url,
    insecure,
    token: value('API_TOKEN'),
    user: value('TEST_EMAIL'),
    password: value('TEST_PASSWORD'),
  }
  const result = await examine({
    ...asked,
    api: APIS.find((api) => api === value('API')),
    model: value('MODEL'),
    ...{ requests: 3, tokens: 32, timeout: 30_000 },
  })
  process.stderr.write(toText(result))
  if (!result.ok) throw new CommandError('no script was named, and the server is not ready')
  const { api, model } = result.server
  const variables = {
    ...(api && { API: api }),
    ...(model !== undefined && { MODEL: model }),
    ...given,
  }
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    const commands = tests.map((test) => `  ${nextCommand(result, asked, test)}`)
    throw new CommandError(
      `no script was named; the reference tests are\n${commands.join('\n')}`,
      EXIT.wrongUse,
    )
  }
  const { select } = await import('@inquirer/prompts')
  const test = await select(
    { message: 'Which test?', choices: tests.map((name) => ({ name, value: name })) },
    { output: process.stderr },
  )
  return { script: inPackage(`examples/${test}.js`), variables }
}
