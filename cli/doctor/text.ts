import type { Examination } from './examine.ts'
import type { Phases } from './phases.ts'

const MARKS = { ok: '✓', note: '·', warn: '!', fail: '✗' }
const WIDTH = 80

/** An examination for the terminal, in 80 columns. */
export function toText({ url, streams, findings, requests, ok, command }: Examination): string {
  const lines = [`k6-llm doctor: ${url}`, '']
  for (const { check, level, found, means, todo } of findings) {
    lines.push(...fold(`${MARKS[level]} ${check.padEnd(CHECK)} `, found))
    if (means) lines.push(...fold(`${' '.repeat(CHECK + 3)}so: `, means))
    if (todo) lines.push(...fold(`${' '.repeat(CHECK + 3)}do: `, todo))
  }
  if (streams.length > 0) lines.push('', ...table(streams))
  const count = (level: string) => findings.filter((one) => one.level === level).length
  lines.push(
    '',
    `${verdict(ok, count('fail'), count('warn'))} ${requests} ${requests === 1 ? 'request was' : 'requests were'} sent.`,
  )
  if (command !== undefined) lines.push('', 'Test it, with what was found:', ...continued(command))
  return `${lines.join('\n')}\n`
}

/** A command over several lines, as a shell takes it. */
function continued(command: string): string[] {
  const lines: string[] = []
  let line = ' '
  for (const part of command.split(/ (?=-e )/)) {
    if (line.length > 1 && line.length + part.length + 3 > WIDTH) {
      lines.push(`${line} \\`)
      line = '   '
    }
    line += ` ${part}`
  }
  return [...lines, line]
}

function verdict(ok: boolean, fails: number, warns: number): string {
  if (!ok) return `Not ready: ${fails} ${fails === 1 ? 'fault' : 'faults'} (✗).`
  if (warns === 0) return 'Ready for a test.'
  return `Ready for a test, with ${warns} ${warns === 1 ? 'catch' : 'catches'} (!).`
}

/** Columns of the names of checks. */
const CHECK = 14

/**
 * When each phase of a stream ended: the table of the guide's curl-format.txt, and the first token.
 */
function table(streams: Phases[]): string[] {
  const rows = [
    ['ms since the start', ...streams.map((_, i) => `stream ${i + 1}`)],
    ['name looked up', ...streams.map((one) => ms(one.dns))],
    ['connected', ...streams.map((one) => ms(one.connect))],
    ['TLS', ...streams.map((one) => ms(one.tls))],
    ['first byte', ...streams.map((one) => ms(one.firstByte))],
    ['first token', ...streams.map((one) => ms(one.firstToken))],
    ['total', ...streams.map((one) => ms(one.total))],
    ['events with output', ...streams.map((one) => String(one.events))],
    ['tokens', ...streams.map((one) => (one.tokens === null ? '-' : String(one.tokens)))],
    ['HTTP status', ...streams.map((one) => (one.status === null ? '-' : String(one.status)))],
  ]
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart((widths[i] ?? 0) + 2),
      )
      .join(''),
  )
}

function ms(value: number | null): string {
  if (value === null) return '-'
  return value < 100 ? String(Number(value.toPrecision(3))) : String(Math.round(value))
}

function fold(start: string, text: string): string[] {
  const lines: string[] = []
  let line = start
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(start.length)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}
