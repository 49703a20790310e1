// `--out json=FILE`: every sample as a line, in k6's format.
import { closeSync, openSync, writeSync } from 'node:fs'

const BUFFER = 64 * 1024

/**
 * @param {string} path
 * @param {() => number} startedAt ms since the epoch
 */
export function createJsonOutput(path, startedAt) {
  const file = openSync(path, 'w')
  /** @type {Set<string>} */
  const told = new Set()
  let text = ''
  const flush = () => {
    if (text !== '') writeSync(file, text)
    text = ''
  }
  return {
    /**
     * @param {import('./registry.js').Metric} metric
     * @param {number} value
     * @param {number} time
     * @param {Record<string, string>} tags
     */
    sample(metric, value, time, tags) {
      const { name, type, contains } = metric
      if (!told.has(name)) {
        told.add(name)
        const thresholds = metric.thresholds.map((one) => one.source)
        const submetrics = metric.parts.length === 0 ? null : metric.parts.map(partOf)
        const data = { name, type, contains, thresholds, submetrics }
        text += `${JSON.stringify({ type: 'Metric', data, metric: name })}\n`
      }
      const data = { time: timeText(startedAt() + time), value, tags }
      text += `${JSON.stringify({ metric: name, type: 'Point', data })}\n`
      if (text.length > BUFFER) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}

/** @param {import('./registry.js').Metric} part */
const partOf = (part) => ({
  name: part.name,
  suffix: part.tags.map(([name, value]) => `${name}:${value}`).join(','),
  tags: Object.fromEntries(part.tags),
})

/**
 * With microseconds.
 *
 * @param {number} ms since the epoch
 */
function timeText(ms) {
  const whole = Math.floor(ms)
  const micros = String(Math.floor((ms - whole) * 1000)).padStart(3, '0')
  return new Date(whole).toISOString().replace('Z', `${micros}Z`)
}
