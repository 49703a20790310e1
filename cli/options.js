import { InvalidArgumentError } from 'commander'

/**
 * Reads the number of an option.
 *
 * @param {number} least
 * @param {number} [most]
 * @param {boolean} [whole]
 */
export function number(least, most = Infinity, whole = false) {
  return (/** @type {string} */ text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && value % 1 !== 0)) {
      const bounds = most === Infinity ? `over 0` : `from ${least} to ${most}`
      throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number ${bounds}`)
    }
    return value
  }
}
