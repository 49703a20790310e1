import { InvalidArgumentError } from 'commander'
import type { Api } from '#node'
import { CommandError, EXIT } from './command.ts'

/** Reads the number of an option. */
export function number(least: number, most: number = Infinity, whole: boolean = false) {
  return (text: string) => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && value % 1 !== 0)) {
      const bounds = most === Infinity ? `over 0` : `from ${least} to ${most}`
      throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number ${bounds}`)
    }
    return value
  }
}

/**
 * The wire format of `--api`.
 *
 * @param apis the library's `APIS`, which is loaded when a command works
 */
export function checkApi(text: string, apis: readonly Api[]): Api {
  const found = apis.find((api) => api === text)
  if (found) return found
  throw new CommandError(`--api ${text}: expected one of ${apis.join(', ')}`, EXIT.wrongUse)
}

/** The seed of a bootstrap. */
export function checkSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new CommandError(`--seed ${text}: expected a whole number`, EXIT.wrongUse)
  }
  return Number(text)
}

/**
 * The file that GitHub Actions shows as the summary of a step.
 *
 * @param wanted by --github
 */
export function stepSummary(wanted: boolean | undefined): string | undefined {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (wanted && !file) {
    throw new CommandError(
      '--github: GITHUB_STEP_SUMMARY is not set; GitHub Actions sets it',
      EXIT.wrongUse,
    )
  }
  return file === '' ? undefined : file
}
