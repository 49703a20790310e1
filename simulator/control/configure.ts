import { flavors } from '../flavors/index.ts'
import { optionTable, type SimulatorOptions } from '../options/options.ts'

/** A wrong option. The message names the value, what was expected and a value that is right. */
export class OptionError extends Error {}

/** How the user named the options, for the message. */
type Style = 'flag' | 'key'

/**
 * All options, the missing ones by their defaults.
 *
 * @throws {OptionError}
 */
export function readOptions(
  given: Record<string, unknown>,
  style: Style = 'key',
): SimulatorOptions {
  const defaults = Object.fromEntries(
    Object.entries(optionTable).map(([name, row]) => [name, row.default]),
  )
  const options = { ...defaults, ...readSome(given, style) } as unknown as SimulatorOptions
  const flavor = flavors[options.flavor]
  options.requireAuth ??= options.flavor === 'gateway' || options.apiKey !== undefined
  options.headers ??= flavor.headers
  options.pingInterval ??= flavor.pingInterval
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
    if (optionTable[name as keyof SimulatorOptions]?.fixed) {
      throw new OptionError(
        `${name}: fixed at the start; start another simulator for another value`,
      )
    }
  }
  const read = readSome(changes as Record<string, unknown>, 'key')
  const changed = { ...options, ...read }
  check(changed, 'key')
  return changed
}

function readSome(given: Record<string, unknown>, style: Style) {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const row = optionTable[name as keyof SimulatorOptions]
    if (!row) {
      throw new OptionError(
        `${name}: no such option; expected one of ${Object.keys(optionTable).join(', ')}`,
      )
    }
    const read = row.kind.read(value)
    if (read === undefined) {
      const { expected, like } = row.kind
      throw new OptionError(
        style === 'flag'
          ? `${row.flag} ${value}: expected ${expected}, like ${row.flag} ${like}`
          : `${name} ${JSON.stringify(value)}: expected ${expected}, like ${like}`,
      )
    }
    options[name] = read
  }
  return options
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
