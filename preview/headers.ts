/** A header's name as Go writes it, and therefore k6: `content-type` → `Content-Type`. */
export function canonical(name: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, before, letter) => before + letter.toUpperCase())
}

/**
 * Raw headers of a response as k6 gives them: canonical names, values of one name joined.
 *
 * @param raw name, value, name, value …
 */
export function joined(raw: string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i < raw.length; i += 2) {
    const [given = '', value = ''] = raw.slice(i, i + 2)
    const name = canonical(given)
    // Go keeps these out of its headers.
    if (name === 'Transfer-Encoding') continue
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
