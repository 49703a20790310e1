/**
 * What happened second by second, where the samples of one second are mostly, not always, in a
 * row: each run of samples of the same second has a row. 20 bytes a row.
 */
export class Runs {
  /** Seconds since 1970. */
  second = new Int32Array(16)
  /** By kind of metric: where the run begins in the values; the trues; the sum; the last value. */
  a = new Float64Array(16)
  /** How many samples; of a gauge its largest value. */
  b = new Float64Array(16)
  length = 0

  /**
   * Begins a run, whose `a` and `b` are 0.
   *
   * @returns its row
   */
  begin(second: number): number {
    if (this.length === this.second.length) {
      this.second = grown(this.second, new Int32Array(this.length * 2))
      this.a = grown(this.a, new Float64Array(this.length * 2))
      this.b = grown(this.b, new Float64Array(this.length * 2))
    }
    this.second[this.length] = second
    return this.length++
  }

  /** The row of a second, which is begun unless it is the last one. */
  at(second: number) {
    const last = this.length - 1
    return last >= 0 && this.second[last] === second ? last : this.begin(second)
  }

  /** The sums of `a` and of `b`. */
  totals() {
    let [a, b] = [0, 0]
    for (let i = 0; i < this.length; i++) {
      a += this.a[i] ?? 0
      b += this.b[i] ?? 0
    }
    return { a, b }
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
