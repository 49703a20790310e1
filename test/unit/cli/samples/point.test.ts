import { describe, expect, test } from 'vitest'
import { parseTime } from '../../../../cli/samples/time.ts'
import { byParse, byScan, fuzzSampleLines, ordinary } from '../../../support/fuzz/sample-lines.ts'

describe('scanPoint', () => {
  test.each([
    ['ordinary', ordinary],
    ['no tags', ordinary.replace(/"group.*"a"/, '')],
    ['a zone', ordinary.replace('288Z', '288+05:30')],
    ['no fraction', ordinary.replace('.162221288Z', 'Z')],
    ['metadata', ordinary.replace('}}}', '},"metadata":{"vu":"1","trace_id":"a}b"}}}')],
    ['braces and quotes in tags', ordinary.replace('"a"', String.raw`"{\"x\":[\\\"}]"`)],
    ['Korean and < escaped as 0.47 does', ordinary.replace('"a"', '"\\u003c모델\\u003e"')],
    ['negative', ordinary.replace('302.25', '-0.125')],
    ['minus zero', ordinary.replace('302.25', '-0')],
    ['17 digits', ordinary.replace('302.25', '0.30000000000000004')],
    ['exponent of 0.47', ordinary.replace('302.25', '1e-09')],
    ['exponent', ordinary.replace('302.25', '1.2345678901234568e+20')],
  ])('reads %s as JSON.parse does', (_what, line) => {
    expect(byScan(line)).toEqual(byParse(line))
    expect(byScan(line)).toBeDefined()
  })

  test.each([
    [
      'another order of fields',
      ordinary.replace('"metric":"llm_ttft","type":"Point"', '"type":"Point","metric":"llm_ttft"'),
    ],
    [
      'a definition',
      '{"type":"Metric","data":{"name":"a","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"a"}',
    ],
    ['a cut line', ordinary.slice(0, -1)],
    ['a line too much', `${ordinary}}`],
    ['metadata that is cut', ordinary.replace('}}}', '},"metadata":{"vu":"1}}}')],
    ['a number with a leading zero', ordinary.replace('302.25', '0302')],
    ['a number without decimals', ordinary.replace('302.25', '302.')],
    ['no number', ordinary.replace('302.25', 'null')],
    ['a nested tag', ordinary.replace('"a"', '{"b":"c"}')],
    ['an old name with a dot', ordinary.replace('llm_ttft', 'llm.ttft')],
    ['no time', ordinary.replace('2026-11-24T06:58:56.162221288Z', 'now')],
    ['a 13th month', ordinary.replace('2026-11', '2026-13')],
  ])('is not certain of %s', (_what, line) => {
    expect(byScan(line)).toBeUndefined()
  })

  fuzzSampleLines(1000)
})

describe('parseTime', () => {
  const ms = (text: string) => parseTime(Buffer.from(text), 0, Buffer.byteLength(text))

  test.each([
    ['2026-11-24T06:58:56Z', '2026-11-24T06:58:56.000Z'],
    ['2026-11-24T15:58:56.25+09:00', '2026-11-24T06:58:56.250Z'],
    ['2026-01-01T00:30:00.001-03:30', '2026-01-01T04:00:00.001Z'],
    ['2024-02-29T23:59:59.9995Z', '2024-02-29T23:59:59.999Z'],
  ])('%s', (text, iso) => {
    expect(Math.floor(ms(text))).toBe(Date.parse(iso))
  })

  test('keeps microseconds', () => {
    expect(ms('2026-11-24T06:58:56.162221288Z') - Date.parse('2026-11-24T06:58:56Z')).toBeCloseTo(
      162.221288,
      3,
    )
  })

  test.each([
    '',
    '2026-11-24',
    '2026-11-24T06:58:56',
    '2026-11-24T06:58:56.Z',
    '2026-11-24T06:58:56.1234567890Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T06:58:56+0900',
    '2026-11-24 06:58:56Z',
  ])('%j is none', (text) => {
    expect(ms(text)).toBeNaN()
  })
})
