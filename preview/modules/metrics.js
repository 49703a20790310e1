// k6/metrics
import { emit, readTags, tagged } from '../vu/samples.js'
import { port, state } from '../vu/state.js'
import { GoError } from './errors.js'

/** The metrics that this script has made. @type {Map<string, { type: string, contains: string }>} */
export const made = new Map()

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/

class Metric {
  /**
   * @param {string} type
   * @param {string} name
   * @param {boolean} [isTime]
   */
  constructor(type, name, isTime) {
    if (!state.init) throw new GoError('metrics must be declared in the init context')
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new GoError(
        `Invalid metric name: '${name}'. Metric names must only include up to 128 ASCII letters, numbers, or underscores and start with a letter or an underscore.`,
      )
    }
    const contains = isTime ? 'time' : 'default'
    const known = made.get(name)
    if (known && known.type !== type) {
      throw new GoError(
        `metric '${name}' already exists but with type ${known.type}, instead of ${type}`,
      )
    }
    if (known && known.contains !== contains) {
      throw new GoError(
        `metric '${name}' already exists but with a value type ${known.contains}, instead of ${contains}`,
      )
    }
    made.set(name, { type, contains })
    this.name = name
  }

  /**
   * @param {unknown} value
   * @param {Record<string, unknown>} [tags]
   * @param {boolean} [shouldThrow]
   * @returns {boolean}
   */
  add(value, tags, shouldThrow) {
    if (state.init) {
      throw new GoError('Adding to metrics in the init context is not supported')
    }
    const number = typeof value === 'boolean' ? Number(value) : value === null ? NaN : Number(value)
    if (Number.isNaN(number)) {
      const text = `'${value}' is an invalid value for metric '${this.name}', a number or a boolean value is expected`
      if (shouldThrow) throw new GoError(text)
      port.postMessage({ kind: 'log', level: 'warning', text })
      return false
    }
    emit(this.name, number, tagged(readTags(tags)))
    return true
  }
}

export class Counter extends Metric {
  /** @param {string} name @param {boolean} [isTime] */
  constructor(name, isTime) {
    super('counter', name, isTime)
  }
}

export class Gauge extends Metric {
  /** @param {string} name @param {boolean} [isTime] */
  constructor(name, isTime) {
    super('gauge', name, isTime)
  }
}

export class Rate extends Metric {
  /** @param {string} name @param {boolean} [isTime] */
  constructor(name, isTime) {
    super('rate', name, isTime)
  }
}

export class Trend extends Metric {
  /** @param {string} name @param {boolean} [isTime] */
  constructor(name, isTime) {
    super('trend', name, isTime)
  }
}

export default { Counter, Gauge, Rate, Trend }
