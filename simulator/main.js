/** @import { OptionRow } from './options.js' */
import { Command, Option } from 'commander'
import { OptionError, readOptions } from './configure.js'
import { faultNames, faultRow } from './faults.js'
import { optionTable } from './options.js'
import { createSimulator } from './server.js'

const WRONG_USE = 2
const FAILED = 1

const program = new Command('node simulator/main.js')
  .description(
    "An LLM server with known timing: the guide's gateway, vLLM, or another. Prints one line of " +
      'JSON with its url when it is ready. Ends on SIGTERM and SIGINT.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
  .showSuggestionAfterError()
for (const row of Object.values(optionTable)) {
  for (const option of toCommanderOptions(row)) program.addOption(option)
}
program.addHelpText('after', describeFaults)
program.parse()

try {
  await start(readOptions(byKey(program.opts()), 'flag'))
} catch (error) {
  if (!(error instanceof OptionError)) throw error
  process.stderr.write(`simulator: ${error.message}\n`)
  process.exit(WRONG_USE)
}

/** @param {import('./options.js').SimulatorOptions} options */
async function start(options) {
  const simulator = createSimulator({ ...options })
  const stop = async () => {
    await simulator.close()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  try {
    const { url, port } = await simulator.listen()
    const ready = { url, port, flavor: options.flavor, pid: process.pid }
    process.stdout.write(`${JSON.stringify(ready)}\n`)
  } catch (error) {
    process.stderr.write(`simulator: ${describeListenError(error, options)}\n`)
    process.exit(FAILED)
  }
}

/**
 * @param {OptionRow} row
 * @returns {Option[]}
 */
function toCommanderOptions({ flag, kind, help, default: standard }) {
  if (kind.placeholder === null) {
    const yes = new Option(flag, help)
    return [yes, new Option(flag.replace('--', '--no-')).hideHelp()]
  }
  const shown = Array.isArray(standard) ? standard.join(',') : standard
  const plain = typeof shown === 'string' || typeof shown === 'number'
  return [new Option(`${flag} ${kind.placeholder}`, plain ? `${help} (default: ${shown})` : help)]
}

/**
 * commander names options by their flags, in camel case; the simulator's own names are the same.
 * A `--no-…` flag sets a default of true, which only counts when the user gave one of the two.
 * @param {Record<string, unknown>} opts
 */
function byKey(opts) {
  return Object.fromEntries(
    Object.entries(opts).filter(([name]) => program.getOptionValueSource(name) === 'cli'),
  )
}

/**
 * @param {unknown} error
 * @param {import('./options.js').SimulatorOptions} options
 */
function describeListenError(error, { host, port }) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code
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

function describeFaults() {
  const rows = faultNames.map((name) => {
    const { args, effect } = faultRow(name)
    return `  ${(args ? `${name}:${args}` : name).padEnd(32)}${effect}`
  })
  return [
    '',
    'Examples:',
    '  node simulator/main.js --flavor vllm --ttft 300 --itl 20',
    '  node simulator/main.js --flavor anthropic --reasoning 30 --api-key sk-1',
    '  node simulator/main.js --load-time 2000 --switch-fault-for fail=phi3-mini',
    '  node simulator/main.js --fault reset=0.05,429=0.1 --seed 7',
    '',
    'Faults, by --fault NAME=RATE or by the request header x-sim-fault: NAME:ARG',
    ...rows,
    '',
  ].join('\n')
}
