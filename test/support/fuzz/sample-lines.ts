import { expect, test } from 'vitest'
import { emptyPoint, scanPoint } from '../../../cli/samples/point.ts'
import { parseTime } from '../../../cli/samples/time.ts'
import { createRandom } from '../../../src/core/random.ts'

export const ordinary =
  '{"metric":"llm_ttft","type":"Point","data":{"time":"2026-11-24T06:58:56.162221288Z","value":302.25,"tags":{"group":"","model":"a"}}}'

/** What JSON.parse makes of a line; `undefined` where it is no sample. */
export function byParse(line: string) {
  try {
    const { metric, type, data } = JSON.parse(line)
    const time = Buffer.from(String(data.time))
    const ms = parseTime(time, 0, time.length)
    if (type !== 'Point' || typeof data.value !== 'number' || Number.isNaN(ms)) return undefined
    return { metric, time: ms, value: data.value, tags: data.tags }
  } catch {
    return undefined
  }
}

/** What the scan makes of it; `undefined` where it is not certain. */
export function byScan(line: string) {
  const bytes = Buffer.from(`#${line}\n{"metric":"next"`)
  const point = emptyPoint()
  const end = 1 + Buffer.byteLength(line)
  if (!scanPoint(bytes, 1, end, point)) return undefined
  const metric = bytes.toString('utf8', point.metricFrom, point.metricTo)
  const text = bytes.toString('utf8', point.tagsFrom, point.tagsTo)
  let tags: unknown
  try {
    tags = JSON.parse(text)
  } catch {
    return 'tags for JSON.parse to refuse'
  }
  return { metric, time: point.time, value: point.value, tags }
}

export function fuzzSampleLines(rounds: number): void {
  test(`never reads one of ${rounds} changed lines otherwise than JSON.parse`, () => {
    const random = createRandom(7)
    const bytes = '{}[]",:\\0159.eE+-aZn tu\u0001'
    const samples = [
      ordinary,
      ordinary.replace('}}}', '},"metadata":{"vu":"1"}}}'),
      ordinary.replace('302.25', '1.2345678901234568e+20'),
      ordinary.replace('"a"', String.raw`"x\"y\\"`),
    ]
    let certain = 0
    for (let round = 0; round < rounds; round++) {
      let line = random.item(samples)
      for (let changes = random.integer(0, 2); changes >= 0; changes--) {
        const at = random.integer(0, line.length - 1)
        const text = random.integer(0, 3) === 0 ? '' : random.item([...bytes])
        line = line.slice(0, at) + text + line.slice(at + random.integer(0, 1))
      }
      const scanned = byScan(line)
      if (scanned === undefined) continue
      const parsed = byParse(line)
      if (typeof scanned === 'string') expect(parsed, line).toBeUndefined()
      else {
        certain++
        expect(scanned, line).toEqual(parsed)
      }
    }
    expect(certain).toBeGreaterThan(rounds / 10)
  }, 60_000)
}
