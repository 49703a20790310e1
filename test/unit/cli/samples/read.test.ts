import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { addExtraTags, csvTime, splitRecord } from '../../../../cli/samples/csv-lines.ts'
import { readSamples, SeveralRuns } from '../../../../cli/samples/read.ts'

const directory = mkdtempSync(join(tmpdir(), 'k6-llm-read-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let files = 0
function file(content: string | Buffer, name = 'samples') {
  const path = join(directory, `${files++}-${name}`)
  writeFileSync(path, content)
  return path
}
const read = (...paths: string[]) => readSamples(paths)

const metric =
  '{"type":"Metric","data":{"name":"llm_ttft","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"llm_ttft"}'
const point = (value: number, second = 0, tags = '"model":"a"') =>
  `{"metric":"llm_ttft","type":"Point","data":{"time":"2026-11-24T06:00:${String(second).padStart(2, '0')}Z","value":${value},"tags":{${tags}}}}`
const good = `${metric}\n${point(1)}\n${point(2)}\n${point(3)}\n`
const csvHead = 'metric_name,timestamp,metric_value,check,group,scenario,extra_tags,metadata'
const values = ({ samples }: Awaited<ReturnType<typeof read>>) => [
  ...(samples.metrics.get('llm_ttft')?.values() ?? []),
]

describe('a file', () => {
  test('of JSON', async () => {
    const reading = await read(file(good))
    expect(values(reading)).toEqual([1, 2, 3])
    expect(reading).toMatchObject({ format: 'json', warnings: [], failures: [], broken: 0 })
  })

  test('gzipped, whatever its name, in two members', async () => {
    const [a, b] = [good.slice(0, 200), good.slice(200)]
    expect(values(await read(file(Buffer.concat([gzipSync(a), gzipSync(b)]))))).toEqual([1, 2, 3])
  })

  test('with Windows line ends and a mark of UTF-8', async () => {
    expect(values(await read(file(`\ufeff${good.replaceAll('\n', '\r\n')}`)))).toEqual([1, 2, 3])
  })

  test('whose last line was cut off', async () => {
    const reading = await read(file(good.slice(0, -20)))
    expect(values(reading)).toEqual([1, 2])
    expect(reading.warnings).toEqual([
      expect.stringMatching(/samples: line 4, the last, is cut off and left out \(no JSON/),
    ])
  })

  test('whose gzip ends too early: what came before is kept', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => point(i + (i % 7) / 10)).join('\n')
    const whole = gzipSync(`${metric}\n${lines}\n`)
    const reading = await read(file(whole.subarray(0, whole.length / 2)))
    expect(values(reading).length).toBeGreaterThan(8000)
    expect(values(reading).slice(0, 3)).toEqual([0, 1.1, 2.2])
    expect(reading.warnings.join('\n')).toMatch(
      /ends too early, after line \d+: unexpected end of file/,
    )
  })

  test('with broken lines in the middle', async () => {
    const lines = good.split('\n')
    lines.splice(
      2,
      0,
      '{"metric":"llm_ttft","type":"Poi',
      'hello',
      '{"type":"Other"}',
      point(9).replace('9', '"9"'),
    )
    const reading = await read(file(lines.join('\n')))
    expect(values(reading)).toEqual([1, 2, 3])
    expect(reading.broken).toBe(4)
    expect(reading.warnings[0]).toMatch(
      /samples: 4 of 8 lines left out: line 3: no JSON: .*; line 4: no JSON: .*; line 5: expected a line with "type":"Metric" or "type":"Point"; and 1 more$/,
    )
  })

  test('with lines over the pieces in which it is read', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => point(i, i % 60, `"model":"m${i % 5000}"`))
    const reading = await read(file(`${metric}\n${lines.join('\n')}\n`))
    expect(values(reading).sort((a, b) => a - b)).toEqual(lines.map((_, i) => i))
    expect(reading.samples.metrics.get('llm_ttft')?.series()).toHaveLength(5000)
  })

  test('of CSV', async () => {
    const reading = await read(
      file(
        `${csvHead}\nllm_ttft,1795503536,12.5,,,default,"model=a,b&step=rate=12",\n` +
          'llm_ttft,1795503537,13.5,,,default,"model=x\n y",vu=1\nmine,1795503537,1,,,default,,\n' +
          'llm_ttft,soon,13.5,,,default,,\nllm_ttft,1795503537,,,,default,,\n1,2\n',
      ),
    )
    expect(values(reading)).toEqual([12.5, 13.5])
    expect(reading.format).toBe('csv')
    expect(
      reading.samples.metrics
        .get('llm_ttft')
        ?.series()
        .map(({ tags }) => tags),
    ).toEqual([
      { model: 'a,b', scenario: 'default', step: 'rate=12' },
      { model: 'x\n y', scenario: 'default' },
    ])
    expect(reading.warnings).toEqual([
      expect.stringMatching(
        /3 of 8 lines left out: line 6: timestamp "soon" is no time; line 7: metric_value "" is no number; line 8: 2 fields, the heading has 8$/,
      ),
      expect.stringContaining('mine (1 samples); --out json does'),
    ])
  })
})

describe('several files', () => {
  test('are one run', async () => {
    const reading = await read(file(good), file(`${metric}\n${point(0.5, 9)}\n`))
    expect(values(reading).sort()).toEqual([0.5, 1, 2, 3])
    expect(reading.samples.last - reading.samples.first).toBe(9000)
  })

  test('one of which cannot be used: it is named, the others are read', async () => {
    const reading = await read('no-such-file.json', file(good))
    expect(values(reading)).toEqual([1, 2, 3])
    expect(reading.failures).toEqual([
      'no-such-file.json: there is no such file; give the file of k6 run --out json=FILE or --out csv=FILE',
    ])
  })

  test('of two formats: the second is named', async () => {
    const reading = await read(
      file(good),
      file(`${csvHead}\nllm_ttft,1795503536,12.5,,,,,\n`, 'b.csv'),
    )
    expect(values(reading)).toEqual([1, 2, 3])
    expect(reading.failures[0]).toMatch(
      /b\.csv: csv, and .*samples is json: the files of one report must be of one format/,
    )
  })
})

describe('what is no samples of k6 says what it is', () => {
  const FIX = 'give the file of k6 run --out json=FILE or --out csv=FILE'
  test.each([
    ['', 'the file is empty'],
    ['\n\n', 'the file is empty'],
    ['hello\n', "line 1: not k6's samples but text of another kind"],
    ['<!doctype html><p>', "line 1: not k6's samples but an HTML page"],
    [
      'time="2026-11-24T06:58:56Z" level=error\n',
      "line 1: not k6's samples but k6's log or terminal output",
    ],
    [
      Buffer.from([0xff, 0xfe, 0x7b, 0]),
      "line 1: not k6's samples but UTF-16 text (PowerShell writes it for >)",
    ],
    [
      JSON.stringify({ schema: 'k6-llm/report@1' }, null, 2),
      "line 1: expected k6's samples, one JSON object a line, and found a report of k6-llm: its figures are there, the samples are not",
    ],
    [
      JSON.stringify({ root_group: {}, metrics: { a: { type: 'trend', values: {} } } }),
      "line 1: expected k6's samples, one JSON object a line, and found the data of handleSummary, k6's summary of a run",
    ],
    [
      JSON.stringify({ root_group: {}, metrics: { a: { avg: 1 } } }),
      "line 1: expected k6's samples, one JSON object a line, and found a summary of k6's --summary-export",
    ],
    [
      JSON.stringify({ version: '1.0.0', results: { metrics: [] } }),
      "line 1: expected k6's samples, one JSON object a line, and found k6's machine-readable summary of a run",
    ],
    [`${metric}\n`, 'no sample in 1 lines'],
    [
      `${csvHead}\nmine,1795503537,1,,,default,,\n`,
      'no sample in 2 lines, only metrics of unknown type: mine',
    ],
    [
      `${point(1)}\n`,
      "no sample in 1 lines; line 1: a sample before the line that tells its metric's type",
    ],
  ])('%j', async (content, message) => {
    const path = file(content)
    await expect(read(path)).rejects.toThrow(`${path}: ${message}; ${FIX}`)
  })

  test('a directory', async () => {
    await expect(read(directory)).rejects.toThrow(`${directory}: a directory; ${FIX}`)
  })
})

describe('CSV', () => {
  test.each([
    ['a,,b', ['a', '', 'b']],
    ['a,"b,""c""",', ['a', 'b,"c"', '']],
    ['"a\nb",c', ['a\nb', 'c']],
    ['a,"b', undefined],
  ])('%j', (line, fields) => {
    expect(splitRecord(line)).toEqual(fields)
  })

  test('extra tags are not escaped: what has no = belongs to the value before', () => {
    const tags = {}
    addExtraTags('model=a&weird=x & y&step=rate=12', tags)
    expect(tags).toEqual({ model: 'a', weird: 'x & y', step: 'rate=12' })
  })

  test.each([
    ['1795503536', 1795503536000],
    ['1795503536162', 1795503536162],
    ['1795503536162221', 1795503536162.221],
    ['1795503536162221288', 1795503536162.2212],
    ['2026-11-24T06:58:56Z', 1795503536000],
    ['2026-11-24T15:58:56+09:00', 1795503536000],
  ])('time %s', (text, ms) => {
    expect(csvTime(text)).toBeCloseTo(ms, 3)
  })
})

describe('several runs', () => {
  /** A later run, of the first seconds of another minute. */
  const at = (text: string, minute: string) => text.replaceAll('T06:00', `T${minute}`)
  const both = file(good + at(good, '09:07'), 'both.json')

  test('in one file are refused, with their lines and times', async () => {
    const error = await read(both).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SeveralRuns)
    expect(String(error)).toContain(
      `2 runs: 1 from ${both} line 1 (2026-11-24 06:00:00 to 2026-11-24 06:00:00 UTC), ` +
        `2 from ${both} line 5 (2026-11-24 09:07:00 to 2026-11-24 09:07:00 UTC)`,
    )
  })

  test('one of them, or all as one, on request', async () => {
    const later = await readSamples([both], { run: 2 })
    expect(values(later)).toEqual([1, 2, 3])
    expect(later.samples.first).toBe(Date.parse('2026-11-24T09:07:00Z'))
    expect(later.samples.count).toBe(3)
    expect(values(await readSamples([both], { run: 'all' }))).toHaveLength(6)
    await expect(readSamples([both], { run: 3 })).rejects.toThrow(SeveralRuns)
    await expect(readSamples([file(good)], { run: 2 })).rejects.toThrow('1 run: 1 from')
  })

  test('in CSV, by its second heading, the later first', async () => {
    const csv = (second: number) => `${csvHead}\nllm_ttft,${second},12.5,,,,,\n`
    const path = file(csv(1795510800) + csv(1795500000), 'both.csv')
    await expect(read(path)).rejects.toThrow(
      /2 runs: 1 from .*both\.csv line 3 .*, 2 from .* line 1 /,
    )
    expect((await readSamples([path], { run: 1 })).warnings).toEqual([])
  })

  test('without a second heading, by a silence in which not even users were sampled', async () => {
    const users = `${metric.replaceAll('llm_ttft', 'vus').replace('trend', 'gauge')}\n`
    const user = (minute: string) => at(`${point(1).replace('llm_ttft', 'vus')}\n`, minute)
    const twice = users + user('06:00') + user('06:01') + user('06:03')
    await expect(read(file(twice))).rejects.toThrow(/2 runs: .* line 4 /)
    // A script's own metrics may be silent for long.
    expect(values(await read(file(good + at(`${point(4)}\n`, '07:00'))))).toHaveLength(4)
  })

  test('instances that ran together are one run, in one file too', async () => {
    const other = `${metric}\n${point(7, 0)}\n${point(8, 5)}\n`
    expect(values(await read(file(good + other)))).toHaveLength(5)
    await expect(read(file(good), file(at(good, '08:00')))).rejects.toThrow(SeveralRuns)
  })
})

test('two programs that wrote to one file: the line is named, the others count', async () => {
  const mixed = point(2).slice(0, 60) + point(3)
  const reading = await read(file([metric, point(1), mixed, point(4), ''].join('\n')))
  expect(values(reading)).toEqual([1, 4])
  expect(reading.warnings).toEqual([
    expect.stringMatching(
      /1 of 4 lines left out: line 3: two lines in one: did two programs write/,
    ),
  ])
})

test('CSV: a script’s own metrics, where their types are known', async () => {
  const text = `${csvHead}\nqueue,1795503536,4,,,,,\nqueue,1795503537,2,,,,,\nllm_ttft,1795503537,9,,,,,\n`
  const types = { queue: { type: 'gauge', contains: 'default' } } as const
  const { samples, warnings } = await readSamples([file(text, 'own.csv')], { types })
  expect(warnings).toEqual([])
  expect(samples.metrics.get('queue')?.sink).toMatchObject({ last: 2, max: 4, min: 2 })
})
