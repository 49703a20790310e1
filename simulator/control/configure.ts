import { flavors } from '../flavors/index.ts'
import type { SimulatorOptions } from '../options/options.ts'
import { isOptionName, optionNames, optionTable } from '../options/table.ts'

/** A wrong option. The message names the value, what was expected and a value that is right. */
export class OptionError extends Error {}

/** How the user named the options, for the message. */
type Style = 'flag' | 'key'

/**
 * All options, the missing ones by their defaults.
 *
 * @param given values as the command line or a program gives them
 * @throws {OptionError}
 */
export function readOptions(given: Readonly<Record<string, unknown>>, style: Style = 'key') {
  const read: Partial<SimulatorOptions> = {}
  for (const name of optionNames) setDefault(read, name)
  // Every row has a default but those that follow from others, which are set here.
  const options = Object.assign(read, readSome(given, style)) as SimulatorOptions
  const { flavor, apiKey } = options
  options.requireAuth ??= flavor === 'gateway' || apiKey !== undefined
  options.headers ??= flavors[flavor].headers
  options.pingInterval ??= flavors[flavor].pingInterval
  check(options, style)
  return options
}

/**
 * The options with some of them changed while the simulator runs.
 *
 * @throws {OptionError}
 */
export function changeOptions(options: SimulatorOptions, changes: unknown): SimulatorOptions {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    throw new OptionError(
      `config ${JSON.stringify(changes)}: expected an object, like {"ttft": 300}`,
    )
  }
  for (const name of Object.keys(changes)) {
    if (isOptionName(name) && optionTable[name].fixed) {
      throw new OptionError(
        `${name}: fixed at the start; start another simulator for another value`,
      )
    }
  }
  const changed = { ...options, ...readSome({ ...changes }, 'key') }
  check(changed, 'key')
  return changed
}

function setDefault<Name extends keyof SimulatorOptions>(
  options: Partial<SimulatorOptions>,
  name: Name,
) {
  options[name] = optionTable[name].default
}

function readSome(given: Readonly<Record<string, unknown>>, style: Style) {
  const options: Partial<SimulatorOptions> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!isOptionName(name)) {
      throw new OptionError(`${name}: no such option; expected one of ${optionNames.join(', ')}`)
    }
    readOne(options, name, value, style)
  }
  return options
}

function readOne<Name extends keyof SimulatorOptions>(
  options: Partial<SimulatorOptions>,
  name: Name,
  value: unknown,
  style: Style,
) {
  const { flag, kind } = optionTable[name]
  const read = kind.read(value)
  if (read === undefined) {
    const { expected, like } = kind
    throw new OptionError(
      style === 'flag'
        ? `${flag} ${value}: expected ${expected}, like ${flag} ${like}`
        : `${name} ${JSON.stringify(value)}: expected ${expected}, like ${like}`,
    )
  }
  options[name] = read
}

/** What the options must be together. */
function check(options: SimulatorOptions, style: Style) {
  const label = (name: keyof SimulatorOptions) => (style === 'flag' ? optionTable[name].flag : name)
  const { flavor } = options
  if (flavor !== 'gateway' && options.requireAuth && options.apiKey === undefined) {
    throw new OptionError(
      `${label('requireAuth')}: ${flavor} has no login; expected ${label('apiKey')} as well`,
    )
  }
  // vLLM's adapters have the names that a client gives them.
  if (flavor === 'vllm') return
  const [what, known] =
    flavor === 'gateway' ? ['a profile', options.profiles] : ['a model', options.models]
  for (const name of Object.values(options.switchFaultFor).flat()) {
    if (!known.includes(name)) {
      throw new OptionError(
        `${label('switchFaultFor')} ${name}: expected ${what} of ${known.join(', ')}`,
      )
    }
  }
}
