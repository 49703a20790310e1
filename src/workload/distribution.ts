import { misuse, show } from '../core/errors.ts'
import type { Random } from '../core/random.ts'

/** What the values of a distribution are bounded by; a value beyond is set to the bound. */
interface Bounds {
  min?: number
  max?: number
}

/**
 * How a length or a pause varies. A number alone is fixed.
 *
 * - `{ fixed: 500 }`
 * - `{ uniform: [200, 800] }` least, most
 * - `{ normal: [500, 100] }` mean, standard deviation
 * - `{ lognormal: [500, 0.6] }` median, standard deviation of the logarithm
 * - `{ exponential: 5 }` mean
 * - `{ empirical: [120, 480, 2000] }` each as likely; or with weights: `[[120, 5], [2000, 1]]`
 */
export type Distribution =
  | number
  | (Bounds &
      (
        | { fixed: number }
        | { uniform: readonly [number, number] }
        | { normal: readonly [number, number] }
        | { lognormal: readonly [number, number] }
        | { exponential: number }
        | { empirical: readonly number[] | readonly (readonly [number, number])[] }
      ))

const KINDS = ['fixed', 'uniform', 'normal', 'lognormal', 'exponential', 'empirical']
const LIKE = '500, { uniform: [200, 800] } or { lognormal: [500, 0.6], max: 4000 }'

/** Ends the test where it is no distribution of numbers from 0 on. */
export function checkDistribution(what: string, distribution: unknown): Distribution {
  if (typeof distribution === 'number') {
    if (!(distribution >= 0 && distribution < Infinity)) wrong(what, distribution)
    return distribution
  }
  if (distribution === null || typeof distribution !== 'object') wrong(what, distribution)
  const given = distribution as { [key: string]: unknown }
  const keys = Object.keys(given)
  const kinds = keys.filter((key) => KINDS.indexOf(key) >= 0)
  const others = keys.filter((key) => KINDS.indexOf(key) < 0 && key !== 'min' && key !== 'max')
  if (kinds.length !== 1 || others.length > 0) wrong(what, distribution)
  for (const bound of ['min', 'max']) {
    if (given[bound] !== undefined && !isNumber(given[bound])) wrong(what, distribution)
  }
  const kind = kinds[0] as string
  const value = given[kind]
  let right: boolean
  if (kind === 'fixed' || kind === 'exponential') right = isNumber(value)
  else if (!Array.isArray(value)) right = false
  else if (kind === 'empirical') right = value.length > 0 && value.every(isEmpirical)
  else right = value.length === 2 && value.every(isNumber)
  const [first, second] = Array.isArray(value) ? (value as number[]) : []
  if (kind === 'uniform') right = right && (first as number) <= (second as number)
  if (kind === 'lognormal') right = right && (first as number) > 0
  if (!right) wrong(what, distribution)
  return distribution as Distribution
}

/** One value. The count of random numbers that it takes is fixed by its kind. */
export function draw(distribution: Distribution, random: Pick<Random, 'next'>): number {
  if (typeof distribution === 'number') return distribution
  const { min = 0, max = Infinity } = distribution
  return Math.min(Math.max(unbounded(distribution, random), min), max)
}

/** A value of the standard normal distribution (Box and Muller), from two random numbers. */
export function normal(random: Pick<Random, 'next'>): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}

function unbounded(d: Exclude<Distribution, number>, random: Pick<Random, 'next'>): number {
  if ('fixed' in d) return d.fixed
  if ('uniform' in d) return d.uniform[0] + random.next() * (d.uniform[1] - d.uniform[0])
  if ('normal' in d) return d.normal[0] + d.normal[1] * normal(random)
  if ('lognormal' in d) return d.lognormal[0] * Math.exp(d.lognormal[1] * normal(random))
  if ('exponential' in d) return -d.exponential * Math.log(1 - random.next())
  const pairs = d.empirical.map((entry) => (typeof entry === 'number' ? [entry, 1] : entry))
  let left = random.next() * pairs.reduce((sum, pair) => sum + (pair[1] as number), 0)
  for (const [value, weight] of pairs as [number, number][]) {
    left -= weight
    if (left < 0) return value
  }
  return (pairs[pairs.length - 1] as number[])[0] as number
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity
}

function isEmpirical(entry: unknown): boolean {
  return (
    isNumber(entry) ||
    (Array.isArray(entry) && entry.length === 2 && isNumber(entry[0]) && entry[1] > 0)
  )
}

function wrong(what: string, value: unknown): never {
  return misuse(`${what}=${show(value)}: expected a number or a distribution, like ${LIKE}`)
}
