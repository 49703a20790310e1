import { parseJson } from '#node'

/** A line of k6's log. */
export interface LogLine {
  /** `error`, `warning`, `info`, … */
  level: string
  msg: string
  /** of the log's own fields, those that are texts: `source`, `scenario`, `error` */
  fields: Record<string, string>
}

/** Reads a line in k6's default (logfmt) or json format; `undefined` where it is none of them. */
export function readLogLine(line: string): LogLine | undefined {
  const fields = line.startsWith('time=') ? logfmt(line) : jsonFields(line)
  const { level, msg, ...rest } = fields
  return level === undefined || msg === undefined ? undefined : { level, msg, fields: rest }
}

/** The text that the script printed, out of the line that k6 made of it in any of its formats. */
export function messageOf(line: string): string {
  const message = readLogLine(line)?.msg
  return message === undefined ? line : message.trim()
}

function logfmt(line: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [, name = '', quoted, plain = ''] of line.matchAll(
    /(?:^| )([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))/g,
  )) {
    fields[name] ??= quoted === undefined ? plain : unquote(quoted)
  }
  return fields
}

function jsonFields(line: string): Record<string, string> {
  if (!line.startsWith('{') || line.startsWith('{"recording"')) return {}
  const texts = Object.entries(parseJson(line) ?? {}).filter(
    ([, value]) => typeof value === 'string',
  )
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]))
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
