// `--out json=FILE`: every sample as a line, in k6's format.

import { closeSync, openSync, writeSync } from 'node:fs'
import { PREVIEW_METRIC } from '#node'
import type { Tags } from '../messages.ts'
import type { Metric } from './registry.ts'

const BUFFER = 64 * 1024

/** @param startedAt ms since the epoch */
export function createJsonOutput(path: string, startedAt: () => number) {
  const file = openSync(path, 'w')
  const told = new Set<string>()
  let text = ''
  const flush = () => {
    if (text !== '') writeSync(file, text)
    text = ''
  }
  /** So that a report of these samples says what they are of. */
  const mark = (time: string) => {
    const name = PREVIEW_METRIC
    const kind = { name, type: 'gauge', contains: 'default', thresholds: [], submetrics: null }
    const lines = [
      { type: 'Metric', data: kind, metric: name },
      { metric: name, type: 'Point', data: { time, value: 1, tags: {} } },
    ]
    text += lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  }
  return {
    sample(metric: Metric, value: number, time: number, tags: Tags) {
      const { name, type, contains } = metric
      if (told.size === 0) mark(timeText(startedAt() + time))
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

const partOf = (part: Metric) => ({
  name: part.name,
  suffix: part.tags.map(([name, value]) => `${name}:${value}`).join(','),
  tags: Object.fromEntries(part.tags),
})

/**
 * With microseconds.
 *
 * @param ms since the epoch
 */
function timeText(ms: number) {
  const whole = Math.floor(ms)
  const micros = String(Math.floor((ms - whole) * 1000)).padStart(3, '0')
  return new Date(whole).toISOString().replace('Z', `${micros}Z`)
}
