const OWN = new URL('..', import.meta.url).href

/** An exception as k6 writes it: what it is, then where in the user's own files. */
export function describe(error: unknown): string {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return String(error)
  const frames = error.stack
    .split('\n')
    .map((line) => /^\s+at (?:async )?(.*)$/.exec(line)?.[1])
    .filter((frame) => frame !== undefined)
    .filter((frame) => !frame.includes(OWN) && !/\(?node:|\.k6-llm-preview\./.test(frame))
    // An export is a function of the module to Node; what has no name is only a place.
    .map((frame) => frame.replace(/^Module\./, '').replace(/^<anonymous> \((.*)\)$/, '$1'))
    .map((frame) => `\tat ${frame}`)
  return [String(error), ...frames, ''].join('\n')
}
