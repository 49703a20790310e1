/** Yields numbers in [0, 1). */
export type Random = () => number

/**
 * A stream of random numbers that depends on its key alone, so that runs repeat.
 *
 * @param key for example the seed, the purpose and the request's ordinal
 */
export function createRandom(...key: (string | number)[]): Random {
  let state = hash(key.join('/'))
  // mulberry32 (public domain, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A value drawn evenly from `value` ± `spread` of it. Even, not lognormal: the mean stays `value`
 * and no draw leaves the stated bounds, so a test can say what must hold.
 *
 * @param spread a fraction from 0 to 1; 0 gives `value` itself
 */
export function drawAround(value: number, spread: number, random: Random) {
  return spread === 0 ? value : value * (1 + spread * (2 * random() - 1))
}

/** Hexadecimal digits, for the ids in answers. */
export function hexDigits(length: number, random: Random) {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}

/** FNV-1a, 32 bits. */
function hash(text: string) {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}
