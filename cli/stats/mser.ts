/**
 * How many values at the beginning are start-up: MSER-5 (White, "An effective truncation heuristic",
 * 1997): of means of 5 values each, cut off as many as make the standard error of what is left
 * smallest. A cut in the second half says that the sequence has not settled.
 *
 * @param values in order
 * @returns values to cut off; undefined: it has not settled, or under 50 values
 */
export function mser5(values: ArrayLike<number>): number | undefined {
  const batches = Math.floor(values.length / 5)
  if (batches < 10) return undefined
  const means = Array.from({ length: batches }, (_, i) => {
    let sum = 0
    for (let j = 0; j < 5; j++) sum += values[i * 5 + j] ?? Number.NaN
    return sum / 5
  })
  let [sum, squares] = [0, 0]
  let best = Number.POSITIVE_INFINITY
  let cut = 0
  for (let i = batches - 1; i >= 0; i--) {
    const mean = means[i] ?? Number.NaN
    sum += mean
    squares += mean * mean
    const left = batches - i
    if (left < 5) continue
    const error = (squares - (sum * sum) / left) / (left * left)
    if (error <= best) {
      best = error
      cut = i
    }
  }
  return cut > batches / 2 ? undefined : cut * 5
}
