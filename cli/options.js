import { InvalidArgumentError } from 'commander'
import { CommandError, EXIT } from './command.js'

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

/** The seed of a bootstrap. @param {string} text */
export function checkSeed(text) {
  if (!/^\d{1,9}$/.test(text)) {
    throw new CommandError(`--seed ${text}: expected a whole number`, EXIT.wrongUse)
  }
  return Number(text)
}

/**
 * The file that GitHub Actions shows as the summary of a step.
 *
 * @param {boolean | undefined} wanted by --github
 * @returns {string | undefined}
 */
export function stepSummary(wanted) {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (wanted && !file) {
    throw new CommandError(
      '--github: GITHUB_STEP_SUMMARY is not set; GitHub Actions sets it',
      EXIT.wrongUse,
    )
  }
  return file === '' ? undefined : file
}
