/** What k6 throws from its own functions: `String(error)` begins with `GoError: `. */
export class GoError extends Error {
  constructor(message: string) {
    super(message)
    Object.defineProperty(this, 'name', { value: 'GoError' })
  }

  /** Go's way to the text. */
  error() {
    return this.message
  }
}

/** What the preview has not got: the error names it. */
export function missing(what: string): never {
  throw new Error(`${what} is not in the preview: run this script with k6 (${INSTALL})`)
}

export const INSTALL = 'https://grafana.com/docs/k6/latest/set-up/install-k6/'
