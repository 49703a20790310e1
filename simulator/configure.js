/** @import { SimulatorOptions } from './options.js' */
import { flavors } from './flavors/index.js'
import { optionTable } from './options.js'

/** A wrong option. The message names the value, what was expected and a value that is right. */
export class OptionError extends Error {}

/**
 * @typedef {'flag' | 'key'} Style How the user named the options, for the message.
 */

/**
 * All options, the missing ones by their defaults.
 * @param {Record<string, unknown>} given
 * @param {Style} [style]
 * @returns {SimulatorOptions}
 * @throws {OptionError}
 */
export function readOptions(given, style = 'key') {
  const defaults = Object.fromEntries(
    Object.entries(optionTable).map(([name, row]) => [name, row.default]),
  )
  const options = /** @type {SimulatorOptions} */ ({ ...defaults, ...readSome(given, style) })
  const flavor = flavors[options.flavor]
  options.requireAuth ??= options.flavor === 'gateway' || options.apiKey !== undefined
  options.headers ??= flavor.headers
  options.pingInterval ??= flavor.pingInterval
  check(options, style)
  return options
}

/**
 * The options with some of them changed while the simulator runs.
 * @param {SimulatorOptions} options
 * @param {unknown} changes
 * @returns {SimulatorOptions}
 * @throws {OptionError}
 */
export function changeOptions(options, changes) {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    throw new OptionError(
      `config ${JSON.stringify(changes)}: expected an object, like {"ttft": 300}`,
    )
  }
  for (const name of Object.keys(changes)) {
    if (optionTable[/** @type {keyof SimulatorOptions} */ (name)]?.fixed) {
      throw new OptionError(
        `${name}: fixed at the start; start another simulator for another value`,
      )
    }
  }
  const read = readSome(/** @type {Record<string, unknown>} */ (changes), 'key')
  const changed = { ...options, ...read }
  check(changed, 'key')
  return changed
}

/**
 * @param {Record<string, unknown>} given
 * @param {Style} style
 */
function readSome(given, style) {
  /** @type {Record<string, unknown>} */
  const options = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const row = optionTable[/** @type {keyof SimulatorOptions} */ (name)]
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

/**
 * What the options must be together.
 * @param {SimulatorOptions} options
 * @param {Style} style
 */
function check(options, style) {
  /** @param {keyof SimulatorOptions} name */
  const label = (name) => (style === 'flag' ? optionTable[name].flag : name)
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
