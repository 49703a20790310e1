import { randomBytes } from 'k6/crypto'
import { env } from './env.ts'
import { misuse, show } from './errors.ts'

/** A stream of random numbers that a seed repeats. */
export interface Random {
  /** A float, 0 <= x < 1, with 32 random bits. */
  next(): number
  /** A whole number, `min` to `max`, both included. */
  integer(min: number, max: number): number
  /** One element of an array, each as likely. */
  item<T>(items: readonly T[]): T
}

/**
 * Random numbers from a seed: mulberry32 (32 bits of state, passes PractRand to 2^32 numbers;
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c), enough to choose
 * prompts and pauses.
 *
 * @param seed any whole number; equal seeds give equal numbers
 */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    integer(min, max) {
      return min + Math.floor(next() * (max - min + 1))
    },
    item<T>(items: readonly T[]): T {
      return items[Math.floor(next() * items.length)] as T
    },
  }
}

/** Mixes a seed with an ordinal (a VU, an iteration), so that neighbours do not resemble. */
export function mixSeed(seed: number, ordinal: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(ordinal + 1, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x27d4eb2f)
  return (h ^ (h >>> 13)) | 0
}

let shared: Random | undefined

/** This VU's own stream: from the variable `SEED` (default 1) and the VU's number. */
function vuRandom(): Random {
  if (shared === undefined) {
    const seed = env.number('SEED', 1, { integer: true }) as number
    shared = createRandom(mixSeed(seed, typeof __VU === 'undefined' ? 0 : __VU))
  }
  return shared
}

/** A whole number from `min` to `max`, both included; as k6-utils, but repeatable by `SEED`. */
export function randomIntBetween(min: number, max: number): number {
  if (!(min <= max)) misuse(`randomIntBetween(${show(min)}, ${show(max)}): expected min <= max`)
  return vuRandom().integer(min, max)
}

/** One element of an array; as k6-utils, but repeatable by `SEED`. */
export function randomItem<T>(items: readonly T[]): T {
  if (!items || items.length === 0) misuse(`randomItem(${show(items)}): expected a non-empty array`)
  return vuRandom().item(items)
}

/** A float, 0 <= x < 1, repeatable by `SEED`. */
export function random(): number {
  return vuRandom().next()
}

/**
 * A version 4 UUID; as k6-utils.
 *
 * @param secure take its bits from the system's randomness. Without it the UUIDs repeat from
 *   run to run with `SEED`, as all else does. @default false
 */
export function uuidv4(secure = false): string {
  const bytes: number[] = []
  if (secure) {
    const view = new Uint8Array(randomBytes(16) as ArrayBuffer)
    for (let i = 0; i < 16; i++) bytes.push(view[i] as number)
  } else {
    for (let i = 0; i < 16; i++) bytes.push(Math.floor(random() * 256))
  }
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.map((byte) => (byte + 256).toString(16).slice(1)).join('')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** The random numbers of one ordinal (a request, a block of text): the same in every VU. */
export function randomAt(seed: number, ordinal: number): Random {
  return createRandom(mixSeed(seed, ordinal))
}

/** `SEED`, or the option that wins over it. */
export function seedOption(what: string, value: unknown): number {
  if (value === undefined) return env.number('SEED', 1, { integer: true }) as number
  if (typeof value !== 'number' || value % 1 !== 0) {
    misuse(`${what}: seed=${show(value)}: expected a whole number, like 1`)
  }
  return value as number
}
