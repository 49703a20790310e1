/**
 * The name that was meant, as the end of a message: `; did you mean load-test?`. `''` where none is
 * near.
 */
export function didYouMean(text: string, names: readonly string[]): string {
  const given = text.toLowerCase()
  const begins = names.filter((name) => given.length > 2 && name.toLowerCase().startsWith(given))
  const [nearest] = names
    .map((name) => ({ name, distance: editDistance(given, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length * 0.4)))
    .sort((a, b) => a.distance - b.distance)
  const meant = begins.length > 0 ? begins : nearest ? [nearest.name] : []
  return meant.length > 0 ? `; did you mean ${meant.join(' or ')}?` : ''
}

/** How many letters have to be put in, taken out or changed (Levenshtein's). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
