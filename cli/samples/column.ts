const FIRST = 64
const LARGEST = 2 ** 16

/**
 * Numbers in the order they came, 8 bytes each. It grows by pieces and moves none: an array that
 * doubles would need three times its size while it is copied.
 */
export class Column {
  /** the one that is being filled */
  #piece = new Float64Array(FIRST)
  /** all, the last of which is that one */
  #pieces = [this.#piece]
  #used = 0
  length = 0

  push(value: number) {
    if (this.#used === this.#piece.length) {
      this.#piece = new Float64Array(Math.min(this.#piece.length * 2, LARGEST))
      this.#pieces.push(this.#piece)
      this.#used = 0
    }
    this.#piece[this.#used++] = value
    this.length++
  }

  /**
   * Copies a range into an array.
   *
   * @param at where in the target
   * @param from first of the range
   * @param to behind the last of the range
   */
  copy(target: Float64Array, at: number, from = 0, to = this.length): void {
    let start = 0
    for (const piece of this.#pieces) {
      const [first, last] = [Math.max(from - start, 0), Math.min(to - start, piece.length)]
      if (first < last) {
        target.set(piece.subarray(first, last), at)
        at += last - first
      }
      start += piece.length
      if (start >= to) return
    }
  }
}
