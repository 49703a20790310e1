import { type Command, Option } from 'commander'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { originOf } from '../run/addresses.ts'
import type { Outcome } from '../run/once.ts'
import type { Script } from '../run/script.ts'
import { WAYS, type Way } from '../run/way.ts'

interface Options {
  /** NAME=value */
  env: string[]
  out: string[]
  k6?: string
  stream?: Way
  sse: boolean
  allow: string[]
  ca?: string
  cert?: string
  key?: string
  insecure?: true
  preview?: true
  dashboard?: true
  /** false: `--no-ask` */
  ask: boolean
  strict?: true
  all?: true
  /** names, with commas between */
  tests?: string
  json?: true
}

export function add(program: Command) {
  const command = program
    .command('run')
    .summary('run a k6 script in the form that fits your k6')
    .description(
      'Runs a k6 script so that tokens are seen arriving: by the extension k6/x/sse where the k6 ' +
        'has it, else through a relay, which is started for the addresses of the script and ' +
        'ended with it. Without a k6 the preview engine runs it, and says so.',
    )
    .argument('[script]', 'path of the script; without it doctor looks, and tests are offered')
    .argument('[k6-options...]', 'after --: passed on to k6 as they are')
    .option('-e, --env <NAME=value>', 'a variable for the script; may be repeated', collect, [])
    .option('-o, --out <output>', "k6's --out, such as json=FILE; may be repeated", collect, [])
    .option('--k6 <path>', 'the k6 to run; K6_BIN or k6 on PATH unless given')
    .addOption(streamOption())
    .option('--no-sse', 'the same as --stream none')
    .option('--allow <origin>', 'the relay forwards to this too; may be repeated', collect, [])
    .option('--ca <file>', 'the relay trusts these certificates too, PEM')
    .option('--cert <file>', "the client's certificate, for the relay to show, PEM")
    .option('--key <file>', 'its key, PEM')
    .option('--insecure', 'the relay accepts any certificate')
    .option('--preview', 'the preview engine, though there is a k6')
    .option('--dashboard', "k6's web dashboard with LLM panels, kept as a page in results/")
    .option('--no-ask', 'send no short question to the server before the run')
    .option('--strict', 'fail a run whose figures are not those of the service')
    .option('--all', 'the four reference tests in turn, into results/TIME/')
    .option('--tests <names>', 'with --all: only these, such as load-test,streaming-test')
    .option('--json', 'what came of it as JSON on stdout; what k6 prints goes to stderr')
  explain(command, {
    notes: `--strict fails what the report calls "invalid", and a run that nothing
watched (docs/validity.md). Variables of the environment reach the script too.`,
    examples: [
      'k6-llm run -e BASE_URL=http://localhost:8000 my-test.js',
      'k6-llm run --out json=raw.json my-test.js -- --vus 5 --duration 1m',
      'k6-llm run --dashboard --strict my-test.js',
      'k6-llm run --stream relay --allow https://other.example.com my-test.js',
      'k6-llm run --all -e BASE_URL=http://localhost:8000 -e TEST_DURATION=1m',
    ],
    exitCodes: {
      0: 'every goal was met',
      1: 'it could not be run: the message says why',
      2: 'wrong use',
      3: 'no k6 that can do what was asked for',
      4: '--strict: the run is invalid, or nothing watched it',
      107: 'the script threw, in VU code too, where k6 itself ends with 0',
      99: "a goal was missed; this and all other codes are k6's own",
      105: 'it was interrupted: neither passed nor failed',
    },
  })
  whenCalled(command, async (_script: string | undefined, _rest: string[], options: Options) => {
    const { script, passedOn } = splitArguments(command.args, process.argv)
    const variables = readVariables(options.env)
    const { aboutEngine, engineRecord, whatRuns } = await import('../run/which-k6.ts')
    if (options.all && script !== undefined) {
      throw new CommandError(
        `${script}: --all runs the reference tests; expected no script`,
        EXIT.wrongUse,
      )
    }
    const { runAll, TESTS } = await import('../run/all.ts')
    const { chooseTest } = await import('../doctor/choose-test.ts')
    const chosen =
      options.all || script !== undefined
        ? { script: script ?? '', variables }
        : await chooseTest(variables, options.insecure, TESTS)
    const engine = whatRuns(options)
    const say = (line: string) => process.stderr.write(`k6-llm: ${line}\n`)
    say(aboutEngine(engine, options.preview))
    const shared = {
      engine,
      variables: chosen.variables,
      outs: options.out,
      passedOn,
      stream: readWay(options),
      allow: readAllow(options.allow),
      relay: relayOptions(options),
      dashboard: options.dashboard,
      ask: options.ask ? askServerOf : undefined,
      toStderr: options.json === true,
      say,
    }
    if (options.all) {
      const tests = readTests(options.tests, TESTS)
      const { strict = false, json = false } = options
      return runAll({ ...shared, tests, strict, json })
    }
    const { codeOf, runOnce } = await import('../run/once.ts')
    const outcome = await runOnce({
      ...shared,
      script: chosen.script,
      judge: options.strict || options.json,
    })
    if (outcome.code === EXIT.k6Interrupted) {
      say('the run was interrupted before its end (exit code 105): it is neither PASS nor FAIL')
    }
    if (options.json) {
      const record = { k6: engineRecord(engine), ...outcome }
      process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
    }
    return options.strict ? judge(outcome, say) : codeOf(outcome)
  })
}

/** Doctor's short question, where the server of a script is known. */
async function askServerOf(
  script: Script,
  given: Record<string, string>,
): Promise<string | undefined> {
  const { askFirst, questionOf } = await import('../doctor/ask-first.ts')
  const question = questionOf(script, given, process.env)
  return question && askFirst(question)
}

/** Says why a run is not valid; k6's own code goes before that of `--strict`. */
async function judge(outcome: Outcome, say: (line: string) => void): Promise<number> {
  const { codeOf } = await import('../run/once.ts')
  const { validity } = outcome
  const code = codeOf(outcome)
  // Where k6 itself failed without a summary, it has said why.
  if (code !== 0 && validity === undefined) return code
  const { strictVerdict } = await import('../run/strict.ts')
  const { passes, lines } = strictVerdict(validity)
  lines.forEach(say)
  return code === 0 && !passes ? EXIT.invalid : code
}

/**
 * What comes after `--` is k6's; before it there is one script at most.
 *
 * @param args as commander gives them, without `--`
 * @param argv with it
 */
export function splitArguments(args: string[], argv: string[]) {
  const dashes = argv.indexOf('--')
  const passedOn = dashes < 0 ? [] : argv.slice(dashes + 1)
  const [script, ...more] = args.slice(0, args.length - passedOn.length)
  if (more.length > 0) {
    throw new CommandError(
      `${more.join(' ')}: expected one script; options of k6 come after --`,
      EXIT.wrongUse,
    )
  }
  return { script, passedOn }
}

/** `--stream`, of `run` and `demo`. */
export function streamOption(): Option {
  return new Option(
    '--stream <way>',
    'how tokens are seen arriving; what fits best unless given',
  ).choices(WAYS)
}

/** @param sse false: `--no-sse` */
export function readWay({ stream, sse }: Pick<Options, 'stream' | 'sse'>): Way | undefined {
  if (sse) return stream
  if (stream === undefined || stream === 'none') return 'none'
  throw new CommandError(`--stream ${stream} and --no-sse: give one of them`, EXIT.wrongUse)
}

/** What is handed on to the relay, which checks it. */
function relayOptions({ ca, cert, key, insecure }: Options): string[] {
  const files = Object.entries({ ca, cert, key }).flatMap(([name, file]) =>
    file === undefined ? [] : [`--${name}`, file],
  )
  return insecure ? [...files, '--insecure'] : files
}

function readAllow(given: string[]): string[] {
  for (const text of given) {
    if (originOf(text) !== undefined) continue
    throw new CommandError(
      `--allow ${text}: expected an http or https address, like http://localhost:8000`,
      EXIT.wrongUse,
    )
  }
  return given
}

function readTests(given: string | undefined, all: string[]): string[] {
  if (given === undefined) return all
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length === 0) return names
  throw new CommandError(
    `--tests ${unknown.join(',')}: expected some of ${all.join(', ')}, with commas between`,
    EXIT.wrongUse,
  )
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

export function readVariables(given: string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? []
      if (name === undefined || value === undefined) {
        throw new CommandError(
          `-e ${text}: expected NAME=value, like -e BASE_URL=http://localhost:8000`,
          EXIT.wrongUse,
        )
      }
      return [name, value]
    }),
  )
}
