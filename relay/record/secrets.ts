const SECRET = /^(authorization|proxy-authorization|cookie)$|key|token|secret/i
/** Shorter ones would blot out ordinary words. */
const SHORTEST = 6

/** The secrets in a request's headers, longest first. */
export function secretsOf(headers: Readonly<Record<string, string>>): string[] {
  const found = Object.entries(headers)
    .filter(([name]) => SECRET.test(name))
    .flatMap(([, value]) => [String(value), ...String(value).split(/[\s;,=]+/)])
    .filter((value) => value.length >= SHORTEST)
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}
