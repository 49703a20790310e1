/**
 * A header's name as Go writes it, and therefore k6: `content-type` → `Content-Type`.
 *
 * @param {string} name
 * @returns {string}
 */
export function canonical(name) {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, before, letter) => before + letter.toUpperCase())
}

/**
 * Raw headers of a response as k6 gives them: canonical names, values of one name joined.
 *
 * @param {string[]} raw name, value, name, value …
 * @returns {Record<string, string>}
 */
export function joined(raw) {
  /** @type {Record<string, string>} */
  const headers = {}
  for (let i = 0; i < raw.length; i += 2) {
    const name = canonical(/** @type {string} */ (raw[i]))
    const value = /** @type {string} */ (raw[i + 1])
    // Go keeps these out of its headers.
    if (name === 'Transfer-Encoding') continue
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
