// Lines of the log, in k6's formats: coloured levels on a terminal, logfmt elsewhere, raw, json.
import { closeSync, openSync, writeSync } from 'node:fs'

const SHORT = { debug: 'DEBU', info: 'INFO', warning: 'WARN', error: 'ERRO' }
const COLORS = { debug: 37, info: 36, warning: 33, error: 31 }

/** @typedef {'debug' | 'info' | 'warning' | 'error'} Level */

/**
 * @param {object} to
 * @param {NodeJS.WriteStream} to.stream
 * @param {'text' | 'raw' | 'json'} [to.format]
 * @param {boolean} [to.color]
 * @param {boolean} [to.verbose]
 * @param {string} [to.consoleOutput] a file for what the script logs
 * @param {() => void} [to.before] called before a line is written, to clear a progress line
 */
export function createLog({ stream, format = 'text', color, verbose, consoleOutput, before }) {
  const file = consoleOutput === undefined ? undefined : openSync(consoleOutput, 'w')
  const begun = Date.now()

  /**
   * @param {Level} level
   * @param {string} text
   * @param {Record<string, string>} [fields]
   */
  function write(level, text, fields = {}) {
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

  /**
   * @param {Level} level
   * @param {string} text
   * @param {Record<string, string>} fields
   * @param {boolean} plain
   */
  function lineOf(level, text, fields, plain) {
    if (format === 'raw') return text
    if (format === 'json') return JSON.stringify({ ...fields, level, msg: text, time: time() })
    const rest = Object.entries(fields)
    if (stream.isTTY && color && !plain) {
      const seconds = String(Math.floor((Date.now() - begun) / 1000)).padStart(4, '0')
      const paint = (/** @type {string} */ word) => `\u001b[${COLORS[level]}m${word}\u001b[0m`
      const tail = rest.map(([name, value]) => ` ${paint(name)}=${quote(value)}`).join('')
      return `${paint(SHORT[level])}[${seconds}] ${text.padEnd(44)}${tail}`
    }
    const tail = rest.map(([name, value]) => ` ${name}=${quote(value)}`).join('')
    return `time="${time()}" level=${level} msg=${quote(text)}${tail}`
  }

  return {
    debug: (/** @type {string} */ text) => write('debug', text),
    info: (/** @type {string} */ text) => write('info', text),
    warning: (/** @type {string} */ text, /** @type {Record<string, string>} */ fields = {}) =>
      write('warning', text, fields),
    error: (/** @type {string} */ text, /** @type {Record<string, string>} */ fields = {}) =>
      write('error', text, fields),
    write,
    close() {
      if (file !== undefined) closeSync(file)
    },
  }
}

/** @typedef {ReturnType<typeof createLog>} Log */

const time = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z')

/** @param {string} value */
function quote(value) {
  if (/^[a-zA-Z0-9\-._/@^+]+$/.test(value)) return value
  return `"${value
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')}"`
}
