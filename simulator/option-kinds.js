import { parseFault } from './faults.js'

/**
 * @typedef {object} Kind How the values of an option are read.
 * @property {string} expected completes "expected …" in the message
 * @property {string} like a good value, as one types it
 * @property {string | null} placeholder what --help shows; null for an option without a value
 * @property {(value: unknown) => unknown} read gives undefined when the value does not fit
 */

/** @type {Kind} */
export const milliseconds = {
  expected: 'milliseconds, a number of 0 or more',
  like: '300',
  placeholder: '<ms>',
  read: (value) => atLeast(0, toNumber(value)),
}

/** @type {Kind} */
export const fraction = {
  expected: 'a fraction from 0 to 1',
  like: '0.2',
  placeholder: '<fraction>',
  read: (value) => {
    const number = atLeast(0, toNumber(value))
    return number !== undefined && number <= 1 ? number : undefined
  },
}

/** @type {Kind} */
export const seconds = {
  expected: 'seconds, a number above 0',
  like: '1800',
  placeholder: '<seconds>',
  read: (value) => {
    const number = toNumber(value)
    return number !== undefined && number > 0 ? number : undefined
  },
}

/** @type {Kind} */
export const perSecond = {
  expected: 'a number above 0, for each second',
  like: '20000',
  placeholder: '<n>',
  read: seconds.read,
}

/** @type {Kind} bits per second; Infinity for none */
export const bandwidth = {
  expected: 'bits per second with kbit, mbit or gbit, or none',
  like: '1mbit',
  placeholder: '<rate>',
  read: (value) => {
    if (value === 'none' || value === Infinity) return Infinity
    const [, amount = '', unit = ''] = /^([\d.]+)(kbit|mbit|gbit)?$/.exec(String(value)) ?? []
    const number = Number(amount) * ({ kbit: 1e3, mbit: 1e6, gbit: 1e9 }[unit] ?? 1)
    return number > 0 && Number.isFinite(number) ? number : undefined
  },
}

/** @type {Kind} */
export const address = {
  expected: 'an address that begins with http:// or https://',
  like: 'http://127.0.0.1:8000',
  placeholder: '<url>',
  read: (value) => {
    if (typeof value !== 'string' || !/^https?:\/\//.test(value)) return undefined
    return URL.canParse(value) ? value : undefined
  },
}

/** @type {Kind} */
export const count = {
  expected: 'a whole number of 1 or more',
  like: '200',
  placeholder: '<n>',
  read: (value) => toWhole(1, Number.MAX_SAFE_INTEGER, value),
}

/** @type {Kind} */
export const wholeNumber = {
  expected: 'a whole number of 0 or more',
  like: '1',
  placeholder: '<n>',
  read: (value) => toWhole(0, Number.MAX_SAFE_INTEGER, value),
}

/** @type {Kind} */
export const portNumber = {
  expected: 'a port from 0 to 65535 (0: any free one)',
  like: '8000',
  placeholder: '<port>',
  read: (value) => toWhole(0, 65_535, value),
}

/** @type {Kind} */
export const text = {
  expected: 'a text that is not empty',
  like: 'name',
  placeholder: '<text>',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

/** @type {Kind} */
export const user = {
  expected: 'a name and a password with a colon between',
  like: 'test:test123',
  placeholder: '<name:password>',
  read: (value) => (typeof value === 'string' && /^[^:]+:.+$/.test(value) ? value : undefined),
}

/** @type {Kind} */
export const names = {
  expected: 'names with commas between',
  like: 'small,large',
  placeholder: '<a,b>',
  read: (value) => {
    const list = typeof value === 'string' ? value.split(',') : value
    if (!Array.isArray(list) || list.length === 0) return undefined
    const trimmed = list.map((name) => (typeof name === 'string' ? name.trim() : ''))
    return trimmed.includes('') ? undefined : [...new Set(trimmed)]
  },
}

/** @type {Kind} */
export const yesOrNo = {
  expected: 'true or false',
  like: 'true',
  placeholder: null,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

/**
 * @param {readonly string[]} choices
 * @returns {Kind}
 */
export function oneOf(choices) {
  return {
    expected: `one of ${choices.join(', ')}`,
    like: choices[0] ?? '',
    placeholder: `<${choices.join('|')}>`,
    read: (value) => (choices.includes(/** @type {string} */ (value)) ? value : undefined),
  }
}

/** @type {Kind} */
export const faultRates = {
  expected: 'faults with their rates, which add up to 1 at most',
  like: 'reset=0.1,429=0.05',
  placeholder: '<name=rate,…>',
  read: (value) => {
    const pairs = readPairs(value)
    if (!pairs) return undefined
    /** @type {Record<string, number>} */
    const rates = {}
    let sum = 0
    for (const [name, given] of pairs) {
      const rate = fraction.read(given)
      if (typeof rate !== 'number' || !parseFault(name)) return undefined
      rates[name] = rate
      sum += rate
    }
    return sum <= 1 + 1e-9 ? rates : undefined
  },
}

/** @type {Kind} */
export const gigabytes = {
  expected: 'GB, a number above 0',
  like: '24',
  placeholder: '<gb>',
  read: seconds.read,
}

/** @type {Kind} */
export const numbersOfModels = {
  expected: 'MODEL=NUMBER pairs, each number 0 or more',
  like: 'small=300,large=2000',
  placeholder: '<model=number,…>',
  read: (value) => {
    const pairs = readPairs(value)
    if (!pairs) return undefined
    /** @type {Record<string, number>} */
    const numbers = {}
    for (const [model, given] of pairs) {
      const number = atLeast(0, toNumber(given))
      if (number === undefined) return undefined
      numbers[model] = number
    }
    return numbers
  },
}

/**
 * @param {readonly string[]} faults
 * @returns {Kind}
 */
export function faultsOfProfiles(faults) {
  return {
    expected: `FAULT=PROFILE pairs, FAULT one of ${faults.join(', ')}`,
    like: 'fail=phi3-mini,stuck=qwen2-7b-instruct',
    placeholder: '<fault=profile,…>',
    read: (value) => {
      const pairs = readPairs(value)
      if (!pairs?.every(([fault]) => faults.includes(fault))) return undefined
      /** @type {Record<string, string[]>} */
      const byFault = {}
      for (const [fault, profiles] of pairs) {
        const list = names.read(profiles)
        if (!list) return undefined
        byFault[fault] = [...(byFault[fault] ?? []), .../** @type {string[]} */ (list)]
      }
      return byFault
    },
  }
}

/**
 * `a=1,b=2` or `{ a: 1, b: 2 }` as pairs; an empty text or object has none.
 * @param {unknown} value
 * @returns {[string, unknown][] | undefined}
 */
function readPairs(value) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
  }
  if (typeof value !== 'string') return undefined
  if (value.trim() === '') return []
  /** @type {[string, string][]} */
  const pairs = []
  for (const part of value.split(',')) {
    const sign = part.indexOf('=')
    if (sign < 1) return undefined
    pairs.push([part.slice(0, sign).trim(), part.slice(sign + 1).trim()])
  }
  return pairs
}

/**
 * A finite number, given as one or as a text.
 * @param {unknown} value
 * @returns {number | undefined}
 */
function toNumber(value) {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/**
 * @param {number} least
 * @param {number | undefined} number
 */
function atLeast(least, number) {
  return number !== undefined && number >= least ? number : undefined
}

/**
 * @param {number} least
 * @param {number} most
 * @param {unknown} value
 */
function toWhole(least, most, value) {
  const number = atLeast(least, toNumber(value))
  return number !== undefined && Number.isInteger(number) && number <= most ? number : undefined
}
