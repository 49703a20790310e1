import { parseFault } from './faults.ts'
import { atLeast, fraction, type Kind, names, toNumber } from './kinds.ts'

/** Shares of the chats, by fault. */
export const faultRates: Kind<Record<string, number>> = {
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
      if (rate === undefined || !parseFault(name)) return undefined
      rates[name] = rate
      sum += rate
    }
    return sum <= 1 + 1e-9 ? rates : undefined
  },
}

export const numbersOfModels: Kind<Record<string, number>> = {
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

/** Profiles that have a fault, by fault. */
export function faultsOfProfiles<Fault extends string>(
  faults: readonly Fault[],
): Kind<Partial<Record<Fault, string[]>>> {
  return {
    expected: `FAULT=PROFILE pairs, FAULT one of ${faults.join(', ')}`,
    like: 'fail=phi3-mini,stuck=qwen2-7b-instruct',
    placeholder: '<fault=profile,…>',
    read: (value) => {
      const pairs = readPairs(value)
      if (!pairs) return undefined
      const byFault: Partial<Record<Fault, string[]>> = {}
      for (const [name, profiles] of pairs) {
        const fault = faults.find((one) => one === name)
        const list = names.read(profiles)
        if (fault === undefined || !list) return undefined
        byFault[fault] = [...(byFault[fault] ?? []), ...list]
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
