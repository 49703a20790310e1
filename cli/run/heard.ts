import { type LogLine, readLogLine } from '../k6-log.ts'

/** What k6's log told of a run that neither its exit code nor its summary tell. */
export interface Heard {
  /** of the script, in VU code: k6 ends with 0 all the same */
  exceptions?: { count: number; first: string }
  /** files that k6 could not write, with the reason */
  unwritten?: string[]
}

/** Listens to the log of a run, line by line. */
export function createListener(): { line(this: void, text: string): void; heard(): Heard } {
  let count = 0
  let first = ''
  const unwritten: string[] = []
  return {
    line(text) {
      const line = readLogLine(text)
      if (line?.level !== 'error') return
      unwritten.push(...unwrittenIn(line))
      if (!isException(line)) return
      count++
      first ||= line.msg.trim().replace(/\s+/g, ' ')
    },
    heard: () => ({
      ...(count > 0 && { exceptions: { count, first } }),
      ...(unwritten.length > 0 && { unwritten }),
    }),
  }
}

/**
 * k6 says where a throw came from, but not of a promise that was rejected. What the library refuses
 * at init is no exception of the script, and k6 ends with its own code then.
 */
function isException({ msg, fields }: LogLine) {
  if (msg.startsWith('k6-llm: ')) return false
  return fields.source === 'stacktrace' || msg.startsWith('Uncaught (in promise)')
}

/** k6 lists them in `error`; the preview says them one by one. */
function unwrittenIn({ msg, fields }: LogLine): string[] {
  const one = /^failed to write (.+)$/s.exec(msg)
  if (one) return [one[1] ?? '']
  const list = (fields.error ?? msg).matchAll(/- could not open '(.+?)': (.+?)(?=\n|$)/g)
  return [...list].map(([, file, why]) => `${file}: ${why?.replace(`open ${file}: `, '')}`)
}

/** @returns lines for the user; none where nothing was heard */
export function aboutHeard({ exceptions, unwritten = [] }: Heard): string[] {
  const lines = unwritten.map((text) => `not written: ${text}`)
  if (exceptions) {
    const { count, first } = exceptions
    const times = count === 1 ? 'once' : `${count} times`
    lines.push(
      `FAIL: the script threw ${times}, which no threshold and no report of k6 counts; first: ${first}`,
    )
  }
  return lines
}

/** A refusal of the library in one line: k6 0.47 puts the stack of whatever is thrown behind it. */
export function withoutStack(line: string): string {
  return line.replace(/(\bmsg"?[=:]"k6-llm: (?:[^"\\]|\\.)*?)\\n\\tat (?:[^"\\]|\\.)*"/, '$1"')
}

const SHORT: Record<string, string> = {
  error: 'ERRO',
  warning: 'WARN',
  info: 'INFO',
  debug: 'DEBU',
}
const COLORS: Record<string, number> = { error: 31, warning: 33, info: 36 }

/**
 * A line of the log as k6 itself shows it on a terminal. k6 draws its bars where the cursor is, so
 * what is left of one is cleared.
 */
export function forTerminal(text: string, color: boolean): string {
  const line = readLogLine(text)
  const error = line?.fields.error === undefined ? '' : ` ${line.fields.error}`
  const shown = line ? `${painted(line, color)} ${line.msg.trimEnd()}${error}` : text
  return shown.replace(/$/gm, '\u001b[0K')
}

function painted({ level }: LogLine, color: boolean) {
  const word = SHORT[level] ?? level.toUpperCase()
  return color ? `\u001b[${COLORS[level] ?? 37}m${word}\u001b[0m` : word
}
