import { parseJson } from '#node'

/** The text that the script printed, out of the line that k6 made of it in any of its formats. */
export function messageOf(line: string): string {
  const [, quoted] = /^time=.* msg="((?:[^"\\]|\\.)*)"/.exec(line) ?? []
  if (quoted !== undefined) return unquote(quoted)
  if (!line.startsWith('{') || line.startsWith('{"recording"')) return line
  const message = parseJson(line)?.msg
  return typeof message === 'string' ? message.trim() : line
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** Undoes Go's `%q`. */
function unquote(text: string): string {
  return text.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)/g, (_, code: string) =>
    code.length > 1
      ? String.fromCodePoint(Number.parseInt(code.slice(1), 16))
      : (ESCAPES[code] ?? code),
  )
}
