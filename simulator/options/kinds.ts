/** How the values of an option are read: from a flag's text, or from JSON. */
export interface Kind<Value = unknown> {
  /** completes "expected …" in the message */
  expected: string
  /** a good value, as one types it */
  like: string
  /** what --help shows; null for an option without a value */
  placeholder: string | null
  /** gives undefined when the value does not fit */
  read: (value: unknown) => Value | undefined
}

export const milliseconds: Kind<number> = {
  expected: 'milliseconds, a number of 0 or more',
  like: '300',
  placeholder: '<ms>',
  read: (value) => atLeast(0, toNumber(value)),
}

export const fraction: Kind<number> = {
  expected: 'a fraction from 0 to 1',
  like: '0.2',
  placeholder: '<fraction>',
  read: (value) => {
    const number = atLeast(0, toNumber(value))
    return number !== undefined && number <= 1 ? number : undefined
  },
}

export const seconds: Kind<number> = {
  expected: 'seconds, a number above 0',
  like: '1800',
  placeholder: '<seconds>',
  read: (value) => {
    const number = toNumber(value)
    return number !== undefined && number > 0 ? number : undefined
  },
}

export const perSecond: Kind<number> = {
  expected: 'a number above 0, for each second',
  like: '20000',
  placeholder: '<n>',
  read: seconds.read,
}

/** bits per second; Infinity for none */
export const bandwidth: Kind<number> = {
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

export const address: Kind<URL> = {
  expected: 'an address that begins with http:// or https://',
  like: 'http://127.0.0.1:8000',
  placeholder: '<url>',
  read: (value) => {
    if (typeof value !== 'string' || !/^https?:\/\//.test(value)) return undefined
    return URL.canParse(value) ? new URL(value) : undefined
  },
}

export const count: Kind<number> = {
  expected: 'a whole number of 1 or more',
  like: '200',
  placeholder: '<n>',
  read: (value) => toWhole(1, Number.MAX_SAFE_INTEGER, value),
}

export const wholeNumber: Kind<number> = {
  expected: 'a whole number of 0 or more',
  like: '1',
  placeholder: '<n>',
  read: (value) => toWhole(0, Number.MAX_SAFE_INTEGER, value),
}

export const portNumber: Kind<number> = {
  expected: 'a port from 0 to 65535 (0: any free one)',
  like: '8000',
  placeholder: '<port>',
  read: (value) => toWhole(0, 65_535, value),
}

export const text: Kind<string> = {
  expected: 'a text that is not empty',
  like: 'name',
  placeholder: '<text>',
  read: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

export const user: Kind<string> = {
  expected: 'a name and a password with a colon between',
  like: 'test:test123',
  placeholder: '<name:password>',
  read: (value) => (typeof value === 'string' && /^[^:]+:.+$/.test(value) ? value : undefined),
}

export const names: Kind<string[]> = {
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

export const yesOrNo: Kind<boolean> = {
  expected: 'true or false',
  like: 'true',
  placeholder: null,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

export function oneOf<Choice extends string>(choices: readonly Choice[]): Kind<Choice> {
  return {
    expected: `one of ${choices.join(', ')}`,
    like: choices[0] ?? '',
    placeholder: `<${choices.join('|')}>`,
    read: (value) => choices.find((choice) => choice === value),
  }
}

export const gigabytes: Kind<number> = {
  expected: 'GB, a number above 0',
  like: '24',
  placeholder: '<gb>',
  read: seconds.read,
}

/** A finite number, given as one or as a text. */
export function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function atLeast(least: number, number: number | undefined) {
  return number !== undefined && number >= least ? number : undefined
}

function toWhole(least: number, most: number, value: unknown) {
  const number = atLeast(least, toNumber(value))
  return number !== undefined && Number.isInteger(number) && number <= most ? number : undefined
}
