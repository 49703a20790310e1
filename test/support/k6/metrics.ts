// Stand-in for k6/metrics that keeps every sample.

export interface Sample {
  metric: string
  value: number
  tags: Record<string, string>
}

export const samples: Sample[] = []
/** Metrics by name, with the type k6 would show. */
export const created = new Map<string, { type: string; isTime: boolean }>()

/** The values of one metric, in order. */
export function valuesOf(metric: string, tags: Record<string, string> = {}): number[] {
  return samples
    .filter((s) => s.metric === metric && Object.keys(tags).every((k) => s.tags[k] === tags[k]))
    .map((s) => s.value)
}

class Metric {
  constructor(
    readonly name: string,
    readonly isTime = false,
  ) {
    const type = new.target.name
    const known = created.get(name)
    if (known && (known.type !== type || known.isTime !== isTime)) {
      throw new Error(`metric '${name}' already exists but with another type`)
    }
    created.set(name, { type, isTime })
  }

  add(value: number | boolean, tags: Record<string, string> = {}) {
    const number = Number(value)
    if (!Number.isFinite(number)) throw new Error(`${this.name}: ${value} is no sample`)
    samples.push({ metric: this.name, value: number, tags: { ...tags } })
  }
}

export class Counter extends Metric {}
export class Rate extends Metric {}
export class Trend extends Metric {}
export class Gauge extends Metric {}
