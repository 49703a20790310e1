import { parseFault } from './faults.ts'

/** How the values of an option are read. */
export interface Kind {
  /** completes "expected …" in the message */
  expected: string
  /** a good value, as one types it */
  like: string
  /** what --help shows; null for an option without a value */
  placeholder: string | null
  /** gives undefined when the value does not fit */
  read: (value: unknown) => unknown
}

export const milliseconds: Kind = {
  expected: 'milliseconds, a number of 0 or more',
  like: '300',
  placeholder: '<ms>',
  read: (value) => atLeast(0, toNumber(value)),
}

export const fraction: Kind = {
  expected: 'a fraction from 0 to 1',
  like: '0.2',
  placeholder: '<fraction>',
  read: (value) => {
    const number = atLeast(0, toNumber(value))
    return number !== undefined && number <= 1 ? number : undefined
  },
}

export const seconds: Kind = {
  expected: 'seconds, a number above 0',
  like: '1800',
  placeholder: '<seconds>',
  read: (value) => {
    const number = toNumber(value)
    return number !== undefined && number > 0 ? number : undefined
  },
}

export const perSecond: Kind = {
  expected: 'a number above 0, for each second',
  like: '20000',
  placeholder: '<n>',
  read: seconds.read,
}

/** bits per second; Infinity for none */
export const bandwidth: Kind = {
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

export const address: Kind = {
  expected: 'an address that begins with http:// or https://',
  like: 'http://127.0.0.1:8000',
  placeholder: '<url>',
  read: (value) => {
    if (typeof value !== 'string' || !/^https?:\/\//.test(value)) return undefined
    return URL.canParse(value) ? value : undefined
  },
}

export const count: Kind = {
  expected: 'a whole number of 1 or more',
  like: '200',
  placeholder: '<n>',
  read: (value) => toWhole(1, Number.MAX_SAFE_INTEGER, value),
}

export const wholeNumber: Kind = {
  expected: 'a whole number of 0 or more',
  like: '1',
  placeholder: '<n>',
  read: (value) => toWhole(0, Number.MAX_SAFE_INTEGER, value),
}

export const portNumber: Kind = {
  expected: 'a port from 0 to 65535 (0: any free one)',
  like: '8000',
  placeholder: '<port>',
  read: (value) => toWhole(0, 65_535, value),
}

export const text: Kind = {
  expected: 'a text that is not empty',
  like: 'name',
  placeholder: '<text>',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

export const user: Kind = {
  expected: 'a name and a password with a colon between',
  like: 'test:test123',
  placeholder: '<name:password>',
  read: (value) => (typeof value === 'string' && /^[^:]+:.+$/.test(value) ? value : undefined),
}

export const names: Kind = {
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

export const yesOrNo: Kind = {
  expected: 'true or false',
  like: 'true',
  placeholder: null,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

export function oneOf(choices: readonly string[]): Kind {
  return {
    expected: `one of ${choices.join(', ')}`,
    like: choices[0] ?? '',
    placeholder: `<${choices.join('|')}>`,
    read: (value) => (choices.includes(value as string) ? value : undefined),
  }
}

export const faultRates: Kind = {
  expected: 'faults with their rates, which add up to 1 at most',
  like: 'reset=0.1,429=0.05',
  placeholder: '<name=rate,…>',
  read: (value) => {
    const pairs = readPairs(value)
    if (!pairs) return undefined
    const rates: Record<string, number> = {}
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

export const gigabytes: Kind = {
  expected: 'GB, a number above 0',
  like: '24',
  placeholder: '<gb>',
  read: seconds.read,
}

export const numbersOfModels: Kind = {
  expected: 'MODEL=NUMBER pairs, each number 0 or more',
  like: 'small=300,large=2000',
  placeholder: '<model=number,…>',
  read: (value) => {
    const pairs = readPairs(value)
    if (!pairs) return undefined
    const numbers: Record<string, number> = {}
    for (const [model, given] of pairs) {
      const number = atLeast(0, toNumber(given))
      if (number === undefined) return undefined
      numbers[model] = number
    }
    return numbers
  },
}

export function faultsOfProfiles(faults: readonly string[]): Kind {
  return {
    expected: `FAULT=PROFILE pairs, FAULT one of ${faults.join(', ')}`,
    like: 'fail=phi3-mini,stuck=qwen2-7b-instruct',
    placeholder: '<fault=profile,…>',
    read: (value) => {
      const pairs = readPairs(value)
      if (!pairs?.every(([fault]) => faults.includes(fault))) return undefined
      const byFault: Record<string, string[]> = {}
      for (const [fault, profiles] of pairs) {
        const list = names.read(profiles)
        if (!list) return undefined
        byFault[fault] = [...(byFault[fault] ?? []), ...(list as string[])]
      }
      return byFault
    },
  }
}

/** `a=1,b=2` or `{ a: 1, b: 2 }` as pairs; an empty text or object has none. */
function readPairs(value: unknown): [string, unknown][] | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
  }
  if (typeof value !== 'string') return undefined
  if (value.trim() === '') return []
  const pairs: [string, string][] = []
  for (const part of value.split(',')) {
    const sign = part.indexOf('=')
    if (sign < 1) return undefined
    pairs.push([part.slice(0, sign).trim(), part.slice(sign + 1).trim()])
  }
  return pairs
}

/** A finite number, given as one or as a text. */
function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function atLeast(least: number, number: number | undefined) {
  return number !== undefined && number >= least ? number : undefined
}

function toWhole(least: number, most: number, value: unknown) {
  const number = atLeast(least, toNumber(value))
  return number !== undefined && Number.isInteger(number) && number <= most ? number : undefined
}
