import type { Command } from 'commander'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { checkApi, number } from '../options.ts'

interface Options {
  api?: string
  model?: string
  token?: string
  requests: number
  tokens: number
  /** seconds */
  timeout: number
  insecure?: true
  k6?: string
  json?: true
}

export function add(program: Command) {
  const command = program
    .command('doctor')
    .summary('what a test of a server would meet, before it is run')
    .description(
      'Looks at the k6, this machine and a server: what it is, whether streams arrive token by ' +
        'token, what is counted and refused. For each finding: what it means for a test, and ' +
        'what to do.',
    )
    .argument('[url]', 'address of the server; API_BASE_URL or BASE_URL unless given')
    .option('--api <name>', 'wire format, as in docs/servers.md; found out unless given')
    .option('--model <name>', 'the model to ask; MODEL, else the first of its list')
    .option('--token <text>', 'API_TOKEN unless given')
    .option('--requests <n>', 'streams to ask for', number(1, 10, true), 3)
    .option('--tokens <n>', 'length of each', number(2, 1000, true), 32)
    .option('--timeout <seconds>', 'of each request', number(0.1, 3600), 30)
    .option('--insecure', 'accept any certificate')
    .option('--k6 <path>', 'the k6 to look at; K6_BIN or k6 on PATH unless given')
    .option('--json', 'print the findings as JSON')
  explain(command, {
    notes: `It sends at most 6 requests and the streams, one after the other, and says
how many. The guide's gateway is logged in to with TEST_EMAIL and TEST_PASSWORD.
What every finding means is in docs/doctor.md.`,
    examples: [
      'k6-llm doctor http://localhost:8000',
      'k6-llm doctor https://api.example.com --token "$API_TOKEN" --model my-7b',
      'k6-llm doctor http://localhost:11434 --api ollama-chat --json',
    ],
    exitCodes: {
      0: 'a test would measure something true, perhaps with a catch',
      1: 'it would not: findings of level "fail" say why',
      2: 'wrong use',
    },
  })
  whenCalled(command, async (given: string | undefined, options: Options) => {
    const { examine } = await import('../doctor/examine.ts')
    const { toText } = await import('../doctor/text.ts')
    const { APIS } = await import('#node')
    const { env } = process
    const url = checkUrl(given ?? (env.API_BASE_URL || env.BASE_URL))
    const wire = options.api ?? (env.API || undefined)
    const api = wire === 'auto' ? undefined : wire
    const result = await examine({
      url,
      api: api === undefined ? undefined : checkApi(api, APIS),
      model: options.model ?? (env.MODEL || undefined),
      token: options.token ?? (env.API_TOKEN || undefined),
      user: env.TEST_EMAIL || undefined,
      password: env.TEST_PASSWORD,
      requests: options.requests,
      tokens: options.tokens,
      timeout: options.timeout * 1000,
      insecure: options.insecure,
      k6: options.k6,
    })
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : toText(result))
    return result.ok ? EXIT.ok : EXIT.failed
  })
}

function checkUrl(url: string | undefined): string {
  if (url === undefined) {
    throw new CommandError(
      'no address was given; expected one such as http://localhost:8000, or BASE_URL',
      EXIT.wrongUse,
    )
  }
  if (!/^https?:\/\/[^\s/]+/.test(url) || !URL.canParse(url)) {
    throw new CommandError(
      `${url}: expected an address that begins with http:// or https://, like http://localhost:8000`,
      EXIT.wrongUse,
    )
  }
  return url
}
