#!/usr/bin/env node
// The command `k6-llm`.
//
// To add a command NAME:
// 1. cli/commands/NAME.ts exports `add(program)`. It says what the command is and no more: heavy
//    modules are imported in the action, so that `k6-llm --help` stays quick.
//
//      import type { Command } from 'commander'
//      import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
//
//      interface Options {
//        json?: true
//      }
//
//      export function add(program: Command) {
//        const command = program
//          .command('greet')
//          .summary('one line for the list of commands')
//          .description('What it does, in a sentence or two.')
//          .argument('<who>', 'whom to greet')
//          .option('--json', 'print JSON instead of text')
//        explain(command, {
//          examples: ['k6-llm greet world'],
//          exitCodes: { 0: 'greeted', 1: 'nobody answered', 2: 'wrong use' },
//        })
//        whenCalled(command, async (who: string, { json }: Options) => {
//          const { greet } = await import('../greet/greet.ts')
//          if (!greet(who, json)) throw new CommandError(`${who}: did not answer; …`)
//          return EXIT.ok
//        })
//      }
//
//    Its parts live in cli/NAME/. Results go to stdout (with --json nothing but the JSON), all else
//    to stderr. A failure is a `CommandError`: one line with the value, what was expected, the fix.
// 2. One line in COMMANDS below, at its place in the help.
// 3. A section of docs/command.md; test/programs/cli/main.test.ts checks it, the examples, and that the
//    help keeps to 80 columns.
import { Command } from 'commander'
import { setConventions } from './command.ts'
import * as calibrate from './commands/calibrate.ts'
import * as compare from './commands/compare.ts'
import * as definitions from './commands/definitions.ts'
import * as demo from './commands/demo.ts'
import * as doctor from './commands/doctor.ts'
import * as eject from './commands/eject.ts'
import * as init from './commands/init.ts'
import * as relay from './commands/relay.ts'
import * as report from './commands/report.ts'
import * as run from './commands/run.ts'
import * as simulate from './commands/simulate.ts'
import { version } from './package-root.ts'

const COMMANDS = [
  demo,
  doctor,
  init,
  eject,
  run,
  relay,
  report,
  compare,
  simulate,
  definitions,
  calibrate,
]

const program = new Command('k6-llm')
  .description('Load tests of services that answer with language models, on k6.')
  .version(version, '-v, --version')
setConventions(program)
for (const command of COMMANDS) command.add(program)
program.addHelpText(
  'after',
  `
k6-llm COMMAND --help shows the options, examples and exit codes of a command.
The same at more length: docs/command.md`,
)
await program.parseAsync()
