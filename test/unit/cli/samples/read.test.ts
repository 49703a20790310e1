import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { addExtraTags, csvTime, splitRecord } from '../../../../cli/samples/csv-lines.ts'
import { readSamples } from '../../../../cli/samples/read.ts'

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
