// k6/metrics
import { GoError } from '../errors.ts'
import type { MetricKind } from '../messages.ts'
import { emit, readTags, tagged } from '../vu/samples.ts'
import { state, tell } from '../vu/state.ts'

/** The metrics that this script has made. */
export const made = new Map<string, MetricKind>()

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/

class Metric {
  name: string

  constructor(type: MetricKind['type'], name: string, isTime?: boolean) {
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

  add(value: unknown, tags?: Record<string, unknown>, shouldThrow?: boolean): boolean {
    if (state.init) {
      throw new GoError('Adding to metrics in the init context is not supported')
    }
    const number = typeof value === 'boolean' ? Number(value) : value === null ? NaN : Number(value)
    if (Number.isNaN(number)) {
      const text = `'${value}' is an invalid value for metric '${this.name}', a number or a boolean value is expected`
      if (shouldThrow) throw new GoError(text)
      tell({ kind: 'log', level: 'warning', text })
      return false
    }
    emit(this.name, number, tagged(readTags(tags)))
    return true
  }
}

export class Counter extends Metric {
  constructor(name: string, isTime?: boolean) {
    super('counter', name, isTime)
  }
}

export class Gauge extends Metric {
  constructor(name: string, isTime?: boolean) {
    super('gauge', name, isTime)
  }
}

export class Rate extends Metric {
  constructor(name: string, isTime?: boolean) {
    super('rate', name, isTime)
  }
}

export class Trend extends Metric {
  constructor(name: string, isTime?: boolean) {
    super('trend', name, isTime)
  }
}

export default { Counter, Gauge, Rate, Trend }
