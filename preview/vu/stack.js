const OWN = new URL('..', import.meta.url).href

/**
 * An exception as k6 writes it: what it is, then where in the user's own files.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return String(error)
  const frames = error.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .filter((line) => !line.includes(OWN) && !/\(?node:|\.k6-llm-preview|<anonymous>/.test(line))
    .map((line) => `\tat ${line.trim().slice(3)}`)
  return [String(error), ...frames, ''].join('\n')
}
