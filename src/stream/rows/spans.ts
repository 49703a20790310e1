/**
 * Indices in order, as the first and the last of each unbroken run: `[0, 2, 5, 5]` is 0, 1, 2, 5.
 * The generated events of an answer are one run or a few, however long it is; a list of them
 * would cost 0.7 us for each in k6's engine.
 */
export type Spans = number[]

/** Adds the indices `from` to `to`, which come after all that are there. */
export function addSpan(spans: Spans, from: number, to: number): void {
  const end = spans.length - 1
  if (end > 0 && spans[end] === from - 1) spans[end] = to
  else spans.push(from, to)
}

/** How many indices there are. */
export function countSpans(spans: Spans): number {
  let count = 0
  for (let i = 0; i < spans.length; i += 2) {
    count += (spans[i + 1] as number) - (spans[i] as number) + 1
  }
  return count
}

/** All indices, one by one. */
export function indicesOf(spans: Spans): number[] {
  const indices: number[] = []
  for (let i = 0; i < spans.length; i += 2) {
    const to = spans[i + 1] as number
    for (let index = spans[i] as number; index <= to; index++) indices.push(index)
  }
  return indices
}
