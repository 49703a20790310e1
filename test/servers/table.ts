import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('../../docs/servers.md', import.meta.url))
const BEGIN = '<!-- npm run test:servers writes the table below -->'
const END = '<!-- to here -->'

/** What came of one server. */
export interface Tried {
  server: string
  version: string
  /** `2026-11-27` */
  date: string
  k6: string
  doctor: string
  tests: string
  errors: string
  tokens: string
}

const HEAD =
  '| server | version | on | k6 | doctor | the four tests | refusals | tokens, k6-llm / server |\n' +
  '| --- | --- | --- | --- | --- | --- | --- | --- |'

/** Puts a row in place of the server's earlier one; the others stay. */
export function writeRow(tried: Tried): void {
  const text = readFileSync(page, 'utf8')
  writeFileSync(page, withRow(text, tried))
}

export function withRow(text: string, tried: Tried): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`docs/servers.md has no place for the table: ${BEGIN}`)
  const { server, version, date, k6, doctor, tests, errors, tokens } = tried
  const cells = [server, version, date, k6, doctor, tests, errors, tokens]
  const row = `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`
  const rows = text
    .slice(begin, end)
    .split('\n')
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| server'),
    )
    .filter((line) => !line.startsWith(`| ${server} |`))
  const table = [HEAD, ...[...rows, row].sort()].join('\n')
  return `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`
}
