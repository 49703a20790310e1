import { type Command, Option } from 'commander'
import { OptionError, readOptions } from './control/configure.ts'
import { faultNames, faultRow } from './options/faults.ts'
import type { SimulatorOptions } from './options/options.ts'
import { type OptionRow, optionTable } from './options/table.ts'

export const WRONG_USE = 2
const FAILED = 1

/** Of a placeholder with all choices in it. */
const WIDEST = 40
/** Columns of what a fault does, in a terminal of 80. */
const EFFECT = 46

/**
 * Makes a command start a simulator.
 *
 * @param called how the user calls it, for the examples
 */
export function addSimulator(command: Command, called: string) {
  command.description(
    "An LLM server with known timing: the guide's gateway, vLLM, or another. Prints one line of " +
      'JSON with its url when it is ready. Ends on SIGTERM and SIGINT.',
  )
  for (const row of Object.values(optionTable)) {
    for (const option of toCommanderOptions(row)) command.addOption(option)
  }
  command.addHelpText('after', () => describe(called))
  command.action(async () => {
    try {
      await start(readOptions(byKey(command), 'flag'))
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      process.stderr.write(`simulator: ${error.message}\n`)
      process.exit(WRONG_USE)
    }
  })
}

async function start(options: SimulatorOptions) {
  const { createSimulator } = await import('./server.ts')
  const simulator = createSimulator({ ...options })
  const stop = async () => {
    await simulator.close()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  try {
    const { url, port, direct } = await simulator.listen()
    const ready = { url, port, ...(direct && { direct }), flavor: options.flavor, pid: process.pid }
    process.stdout.write(`${JSON.stringify(ready)}\n`)
  } catch (error) {
    process.stderr.write(`simulator: ${describeListenError(error, options)}\n`)
    process.exit(FAILED)
  }
}

function toCommanderOptions({ flag, kind, help, default: standard }: OptionRow): Option[] {
  if (kind.placeholder === null) {
    const yes = new Option(flag, help)
    return [yes, new Option(flag.replace('--', '--no-')).hideHelp()]
  }
  const shown = Array.isArray(standard) ? standard.join(', ') : standard
  const plain = typeof shown === 'string' || typeof shown === 'number'
  const all = plain ? `${help} (default: ${shown})` : help
  const { placeholder } = kind
  if (placeholder.length < WIDEST) return [new Option(`${flag} ${placeholder}`, all)]
  const choices = placeholder.slice(1, -1).split('|').join(', ')
  return [new Option(`${flag} <name>`, `${all}; one of ${choices}`)]
}

/**
 * commander names options by their flags, in camel case; the simulator's own names are the same.
 * A `--no-…` flag sets a default of true, which only counts when the user gave one of the two.
 */
function byKey(command: Command) {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  )
}

function describeListenError(error: unknown, { host, port }: SimulatorOptions) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `--port ${port}: in use on ${host}; name another, or leave --port out for a free one`
    case 'EACCES':
      return `--port ${port}: not allowed for this user; take one above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--host ${host}: no address of this machine; expected one, like 127.0.0.1`
    default:
      return String(error)
  }
}

function describe(called: string) {
  const rows = faultNames.map((name) => {
    const { args, effect } = faultRow(name)
    return `  ${(args ? `${name}:${args}` : name).padEnd(32)}${fold(effect)}`
  })
  return [
    '',
    'Examples:',
    `  ${called} --flavor vllm --ttft 300 --itl 20`,
    `  ${called} --flavor anthropic --reasoning 30 --api-key sk-1`,
    `  ${called} --load-time 2000 --switch-fault-for fail=phi3-mini`,
    `  ${called} --fault reset=0.05,429=0.1 --seed 7`,
    '',
    'Faults, by --fault NAME=RATE or by the request header x-sim-fault: NAME:ARG',
    ...rows,
    '',
    'Exit codes:',
    '  0   it was ended by SIGTERM or SIGINT',
    '  1   it cannot listen',
    '  2   wrong use',
    '',
  ].join('\n')
}

function fold(text: string) {
  return text.replace(new RegExp(`(?=.{${EFFECT}})(.{1,${EFFECT}}) `, 'g'), `$1\n${' '.repeat(34)}`)
}
