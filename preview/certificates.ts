import { readFileSync } from 'node:fs'

/** The authorities to trust instead of Node's own: `SSL_CERT_FILE` names them for k6, too. */
export function trusted(): string | undefined {
  const file = process.env.SSL_CERT_FILE
  if (!file) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // Go then has none, too, and says so at the first connection
  }
}
