// Lines of the log, in k6's formats: coloured levels on a terminal, logfmt elsewhere, raw, json.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Level } from './messages.ts'

const SHORT = { debug: 'DEBU', info: 'INFO', warning: 'WARN', error: 'ERRO' }
const COLORS = { debug: 37, info: 36, warning: 33, error: 31 }

interface LogOptions {
  stream: NodeJS.WriteStream
  format?: 'text' | 'raw' | 'json'
  color?: boolean
  verbose?: boolean
  /** a file for what the script logs */
  consoleOutput?: string
  /** called before a line is written, to clear a progress line */
  before?: () => void
}

type Fields = Record<string, string>

export function createLog({
  stream,
  format = 'text',
  color,
  verbose,
  consoleOutput,
  before,
}: LogOptions) {
  const file = consoleOutput === undefined ? undefined : openSync(consoleOutput, 'w')
  const begun = Date.now()

  function write(level: Level, text: string, fields: Fields = {}) {
    if (level === 'debug' && !verbose) return
    const console = fields.source === 'console'
    const toFile = console && file !== undefined
    const line = lineOf(level, text, fields, toFile)
    if (toFile) {
      writeSync(file, `${line}\n`)
      return
    }
    before?.()
    stream.write(`${line}\n`)
  }

  function lineOf(level: Level, text: string, fields: Fields, plain: boolean) {
    if (format === 'raw') return text
    if (format === 'json') return JSON.stringify({ ...fields, level, msg: text, time: time() })
    const rest = Object.entries(fields)
    if (stream.isTTY && color && !plain) {
      const seconds = String(Math.floor((Date.now() - begun) / 1000)).padStart(4, '0')
      const paint = (word: string) => `\u001b[${COLORS[level]}m${word}\u001b[0m`
      const tail = rest.map(([name, value]) => ` ${paint(name)}=${quote(value)}`).join('')
      return `${paint(SHORT[level])}[${seconds}] ${text.padEnd(44)}${tail}`
    }
    const tail = rest.map(([name, value]) => ` ${name}=${quote(value)}`).join('')
    return `time="${time()}" level=${level} msg=${quote(text)}${tail}`
  }

  return {
    debug: (text: string) => write('debug', text),
    info: (text: string) => write('info', text),
    warning: (text: string, fields: Fields = {}) => write('warning', text, fields),
    error: (text: string, fields: Fields = {}) => write('error', text, fields),
    write,
    close() {
      if (file !== undefined) closeSync(file)
    },
  }
}

export type Log = ReturnType<typeof createLog>

const time = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z')

function quote(value: string) {
  if (/^[a-zA-Z0-9\-._/@^+]+$/.test(value)) return value
  return `"${value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')}"`
}
