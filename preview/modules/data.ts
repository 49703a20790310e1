// k6/data
import { GoError } from '../errors.ts'
import type { SharedElements } from '../messages.ts'
import { data, state } from '../vu/state.ts'

/** Arrays that this VU was the first to make; main hands them to the others. */
export const made = new Map<string, SharedElements>()

/**
 * An array that is made once and that every VU reads: elements are kept as JSON, in memory that
 * all threads share, and each read gives a frozen copy of one.
 */
export class SharedArray {
  constructor(name: string, make: () => unknown[]) {
    if (!state.init) throw new GoError('new SharedArray must be called in the init context')
    if (typeof name !== 'string' || name === '') {
      throw new GoError("empty name provided to SharedArray's constructor")
    }
    if (typeof make !== 'function') {
      throw new GoError(
        "a function is expected as the second argument of SharedArray's constructor",
      )
    }
    let stored = data.shared.get(name) ?? made.get(name)
    if (stored === undefined) {
      stored = store(make())
      made.set(name, stored)
    }
    // biome-ignore lint/correctness/noConstructorReturn: k6's SharedArray is an array as well
    return arrayOf(stored)
  }
}

function store(list: unknown): SharedElements {
  if (!Array.isArray(list)) {
    throw new GoError('only arrays can be made into SharedArray')
  }
  const parts = list.map((item) => new TextEncoder().encode(JSON.stringify(item) ?? 'null'))
  const bytes = new SharedArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0))
  const ends = new SharedArrayBuffer(8 * parts.length)
  const all = new Uint8Array(bytes)
  const borders = new Float64Array(ends)
  let at = 0
  parts.forEach((part, i) => {
    all.set(part, at)
    at += part.length
    borders[i] = at
  })
  return { bytes, ends }
}

function arrayOf({ bytes, ends }: SharedElements) {
  const all = new Uint8Array(bytes)
  const borders = new Float64Array(ends)
  const decoder = new TextDecoder()
  const read = (i: number) => {
    const from = i === 0 ? 0 : borders[i - 1]
    return deepFreeze(JSON.parse(decoder.decode(all.slice(from, borders[i]))))
  }
  const indexOf = (key: string | symbol) => {
    const index = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : -1
    return index < borders.length ? index : -1
  }
  const refuse = () => {
    throw new TypeError('SharedArray is immutable')
  }
  const none: unknown[] = []
  return new Proxy(none, {
    get(target, key) {
      if (key === 'length') return borders.length
      const index = indexOf(key)
      return index >= 0 ? read(index) : Reflect.get(target, key)
    },
    has: (target, key) => indexOf(key) >= 0 || Reflect.has(target, key),
    ownKeys: () => [...Array.from(borders, (_, i) => String(i)), 'length'],
    getOwnPropertyDescriptor(target, key) {
      const index = indexOf(key)
      if (index < 0) return Reflect.getOwnPropertyDescriptor(target, key)
      return { value: read(index), enumerable: true, configurable: true, writable: false }
    },
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
  })
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}

export default { SharedArray }
