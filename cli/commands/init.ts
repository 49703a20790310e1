import type { Command } from 'commander'
import type { Api } from '#node'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import type { Answers } from '../init/files.ts'
import {
  checkPlace,
  commandFrom,
  type LibraryPlace,
  libraryAt,
  PLACES_TEXT,
  stepsFor,
} from '../init/library.ts'
import type { Placed } from '../init/place.ts'
import { checkApi, number } from '../options.ts'

const STANDARD: Answers = {
  url: 'http://localhost:8000',
  api: 'openai-chat',
  model: '',
  users: 5,
  duration: '2m',
  ttft: 2000,
  failed: 0.05,
  workflow: true,
}

/** What no flag was given for is absent. */
interface Options extends Partial<Omit<Answers, 'api'>> {
  api?: string
  library: string
  yes?: true
  force?: true
  json?: true
}

export function add(program: Command) {
  const command = program
    .command('init')
    .summary('a scenario, its config and a CI workflow for your project')
    .description(
      'Writes load/chat.js with the library, load/config.json and .github/workflows/load-test.yml into a project, ' +
        'after asking what server it has. Nothing is overwritten without asking.',
    )
    .argument('[directory]', 'folder of the project', '.')
    .option('--url <address>', 'address of the server')
    .option('--api <name>', 'wire format, as in docs/servers.md')
    .option('--model <name>', 'model to ask for')
    .option('--users <n>', 'users at the same time', number(1, 10_000, true))
    .option('--duration <time>', 'length of the test, such as 2m')
    .option('--ttft <ms>', 'goal of TTFT at p95', number(1))
    .option('--failed <share>', 'goal: requests that may fail, 0 to 1', number(0, 1))
    .option('--workflow', 'write the GitHub workflow')
    .option('--no-workflow', 'leave it out')
    .option('--library <where>', PLACES_TEXT, 'copy')
    .option('-y, --yes', 'ask nothing: what no option says is as offered')
    .option('--force', 'overwrite files that are there')
    .option('--json', 'print what was written as JSON; asks nothing')
  explain(command, {
    examples: [
      'k6-llm init',
      'k6-llm init --yes --url http://localhost:11434 --api ollama-chat \\',
      '    --model qwen3:8b --no-workflow',
    ],
    exitCodes: {
      0: 'the files are there',
      1: 'a file is there and differs, or cannot be written; nothing was changed',
      2: 'wrong use',
      130: 'Ctrl-C at a question; nothing was changed',
    },
  })
  whenCalled(command, async (directory: string, options: Options) => {
    const { APIS } = await import('#node')
    const given = readFlags(options, APIS)
    const { library: where } = options
    const library = checkPlace(where)
    const interactive =
      !options.yes && !options.json && process.stdin.isTTY === true && process.stdout.isTTY === true
    const { filesOf, SCRIPTS } = await import('../init/files.ts')
    const { placeFiles } = await import('../init/place.ts')
    const { version } = await import('../package-root.ts')
    try {
      const asking = interactive ? await import('../init/ask.ts') : undefined
      const answers = asking ? await asking.ask(STANDARD, given) : { ...STANDARD, ...given }
      const files = filesOf(answers, version, libraryAt(library, directory, SCRIPTS))
      const may = options.force ? () => true : (asking?.mayOverwrite ?? (() => false))
      const written = await placeFiles(directory, files, may)
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ directory, library, answers, files: written })}\n`
          : next(written, answers, directory, library),
      )
      return EXIT.ok
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError') return EXIT.interrupted
      throw error
    }
  })
}

function readFlags(options: Options, apis: readonly Api[]): Partial<Answers> {
  const { url, api, model, users, duration, ttft, failed, workflow } = options
  const wrong = (message: string) => new CommandError(message, EXIT.wrongUse)
  if (url !== undefined && !(/^https?:\/\/\S+$/.test(url) && URL.canParse(url))) {
    throw wrong(`--url ${url}: expected an address such as http://localhost:8000`)
  }
  if (duration !== undefined && !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration)) {
    throw wrong(`--duration ${duration}: expected a time with its unit, such as 2m or 90s`)
  }
  const flags: Partial<Answers> = {
    url: url?.replace(/\/+$/, ''),
    api: api === undefined ? undefined : checkApi(api, apis),
    model,
    users,
    duration,
    ttft,
    failed,
    workflow,
  }
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
}

function next(
  written: Placed[],
  { url }: Answers,
  directory: string,
  library: LibraryPlace,
): string {
  const command = commandFrom(directory)
  const steps = [
    ...stepsFor(library, directory),
    `${command} doctor ${url}`,
    `${command} run -e BASE_URL=${url} load/chat.js`,
  ]
  return `${written.map(({ path, state }) => `${state.padEnd(12)}${path}`).join('\n')}

Next:
${steps.map((step) => `  ${step}\n`).join('')}`
}
