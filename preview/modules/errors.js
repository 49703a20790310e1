/** What k6 throws from its own functions: `String(error)` begins with `GoError: `. */
export class GoError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message)
    Object.defineProperty(this, 'name', { value: 'GoError' })
  }

  /** Go's way to the text. */
  error() {
    return this.message
  }
}

/**
 * What the preview has not got: the error names it.
 *
 * @param {string} what
 * @returns {never}
 */
export function missing(what) {
  throw new Error(`${what} is not in the preview: run this script with k6 (${INSTALL})`)
}

export const INSTALL = 'https://grafana.com/docs/k6/latest/set-up/install-k6/'
