import type { Command, Help } from 'commander'

/** What every command ends with; `run` and `demo` pass k6's own codes on. */
export const EXIT = {
  ok: 0,
  /** It could not be done: the message says why. */
  failed: 1,
  wrongUse: 2,
  /** No k6 was found, or none that can do what was asked for. */
  noK6: 3,
  /** `run --strict`: the figures are not those of the service. */
  invalid: 4,
  /** k6's code where a goal was missed; also of other verdicts, such as `calibrate --limit`. */
  notMet: 99,
  /** k6's own after Ctrl-C or another signal. */
  k6Interrupted: 105,
  /** k6's code of a script that throws; of `run` where it threw in VU code too. */
  scriptException: 107,
  interrupted: 130,
}

/**
 * What a command ends with when it cannot go on. The message is one line that names the value, what
 * was expected, and the fix; anything else that is thrown is a bug and shows its stack.
 */
export class CommandError extends Error {
  exitCode: number

  /** @param exitCode one of `EXIT` */
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message)
    this.exitCode = exitCode
  }
}

/**
 * Gives a command its work. What it returns is the exit code.
 *
 * @param work called as commander calls an action: arguments, options, the command
 */
export function whenCalled<Values extends unknown[]>(
  command: Command,
  work: (...values: Values) => Promise<number> | number,
) {
  command.action(async (...values: Values) => {
    try {
      process.exitCode = await work(...values)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      process.stderr.write(`${nameOf(command)}: ${error.message}\n`)
      process.exitCode = error.exitCode
    }
  })
}

/** What a help page ends with, in lines of 80 columns at most. */
interface HelpEnd {
  notes?: string
  examples: string[]
  exitCodes: Record<number, string>
}

export function explain(command: Command, { notes, examples, exitCodes }: HelpEnd) {
  const codes = Object.entries(exitCodes).map(([code, what]) => `  ${code.padEnd(4)}${what}`)
  const parts = [
    notes,
    ['Examples:', ...examples.map((line) => `  ${line}`)].join('\n'),
    ['Exit codes:', ...codes].join('\n'),
  ]
  command.addHelpText('after', `\n${parts.filter((part) => part !== undefined).join('\n\n')}`)
}

/**
 * Wrong use ends with code 2 and one line that says how to get help.
 *
 * @param program set before its commands are added: they take it over
 */
export function setConventions(program: Command) {
  program
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse))
    .showSuggestionAfterError()
    .configureHelp({ formatItem })
    .configureOutput({
      getOutHelpWidth: () => Math.min(process.stdout.columns || 80, 100),
      getErrHelpWidth: () => Math.min(process.stderr.columns || 80, 100),
      outputError: (text, write) => write(text.replace(/^error: /, 'k6-llm: ')),
    })
}

/** @returns such as `k6-llm run` */
function nameOf(command: Command): string {
  const above = command.parent
  return above ? `${nameOf(above)} ${command.name()}` : command.name()
}

/** Of a flag with its value, where all flags are in one column. */
const WIDEST_TERM = 24

/**
 * As commander's own, but a long flag does not push the text of all to the right: its text stands
 * below it.
 */
function formatItem(term: string, termWidth: number, text: string, help: Help) {
  const indent = Math.min(termWidth, WIDEST_TERM) + 4
  if (!text) return `  ${term}`
  const folded = help.boxWrap(text, (help.helpWidth ?? 80) - indent)
  const margin = ' '.repeat(indent)
  const first = term.length <= indent - 4 ? `  ${term}`.padEnd(indent) : `  ${term}\n${margin}`
  return first + folded.replaceAll('\n', `\n${margin}`)
}
