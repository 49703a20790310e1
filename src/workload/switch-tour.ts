import { misuse, show } from '../core/errors.ts'

/**
 * The shortest way through all pairs of models: each ordered pair once, from the first model back
 * to the first. Of n models it has n × (n − 1) switches, an Euler circuit of the complete digraph.
 *
 * @returns the models to switch to, in order, when the first one is in force
 * @example switchTour(['a', 'b', 'c']) // ['c', 'a', 'b', 'c', 'b', 'a']
 */
export function switchTour(models: readonly string[]): string[] {
  if (models.length < 2) misuse(`switchTour: expected two models or more, got ${show(models)}`)
  const tour: string[] = []
  const name = (i: number) => models[i] as string
  const last = models.length - 1
  for (let i = 0; i < last; i++) {
    // There and back to each that is not next, then on to the next.
    for (let j = i + 2; j <= last; j++) tour.push(name(j), name(i))
    tour.push(name(i + 1))
  }
  for (let i = last - 1; i >= 0; i--) tour.push(name(i))
  return tour
}
