import { describe, expect, test } from 'vitest'
import { formatBeside, formatGoal, formatNumber, formatSpan } from '../../../src/report/format.ts'
import { clip, displayWidth, pad, table, wrap } from '../../../src/report/layout.ts'

describe('numbers', () => {
  test.each([
    [0, 'ms', '0.00 ms'],
    [3.4567, 'ms', '3.46 ms'],
    [31.4567, 'ms', '31.5 ms'],
    [812.34, 'ms', '812 ms'],
    [2004.2, 'ms', '2004 ms'],
    [12345, 'ms', '12.35 s'],
    [180000, 'ms', '180.0 s'],
    [5400000, 'ms', '5,400.0 s'],
    [0, 'share', '0 %'],
    [1, 'share', '100 %'],
    [0.0048, 'share', '0.48 %'],
    [0.99999, 'share', '99.999 %'],
    [0.000001, 'share', '0.0001 %'],
    [0.5, 'share', '50 %'],
    [1234567, '', '1,234,567'],
    [1234.567, '', '1,234.57'],
    [98, '', '98'],
    [0.0123, '', '0.012'],
    [999, 'bytes', '999 B'],
    [1234567, 'bytes', '1.2 MB'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(formatNumber(value, unit)).toBe(text)
  })

  test.each([
    [2000, 'ms', '2000 ms'],
    [0.5, 'ms', '0.5 ms'],
    [180000, 'ms', '180 s'],
    [0.01, 'share', '1 %'],
    [0.07, 'share', '7 %'],
    [0.995, 'share', '99.5 %'],
    [1000, 'tokens/min', '1,000'],
  ])('the goal %d %s is %s', (goal, unit, text) => {
    expect(formatGoal(goal, unit)).toBe(text)
  })

  test('a value that rounds to its goal gets the decimals that tell them apart', () => {
    expect(formatBeside(2000.3, 2000, 'ms')).toBe('2000.3 ms')
    expect(formatBeside(1999.996, 2000, 'ms')).toBe('1999.996 ms')
    expect(formatBeside(0.0100004, 0.01, 'share')).toBe('1.00004 %')
    expect(formatBeside(2000, 2000, 'ms')).toBe('2000 ms')
    expect(formatBeside(180000.4, 180000, 'ms')).toBe('180.0004 s')
    expect(formatBeside(19.9999, 20, 'requests/s')).toBe('19.9999')
  })

  test('spans', () => {
    const en = { h: 'h', m: 'm', s: 's' }
    expect(formatSpan(42345, en)).toBe('42.3s')
    expect(formatSpan(782345, en)).toBe('13m 2s')
    expect(formatSpan(600000, en)).toBe('10m')
    expect(formatSpan(86400000, en)).toBe('24h')
    expect(formatSpan(3661000, { h: '시간', m: '분', s: '초' })).toBe('1시간 1분 1초')
    expect(formatSpan(59970, en)).toBe('1m')
  })
})

describe('columns', () => {
  test('a Hangul, Han or kana character and an emoji are two wide', () => {
    expect(displayWidth('ab')).toBe(2)
    expect(displayWidth('가용성')).toBe(6)
    expect(displayWidth('漢字かな')).toBe(8)
    expect(displayWidth('🚀')).toBe(2)
    expect(displayWidth('✓ – … µ')).toBe(7)
  })

  test('pad and table align by width', () => {
    expect(pad('가', 4)).toBe('가  ')
    expect(pad('가', 4, true)).toBe('  가')
    expect(pad('long', 2)).toBe('long')
    const lines = table(
      [
        ['가', '1'],
        ['ab', '100'],
        ['abc', ''],
      ],
      '> ',
    )
    expect(lines).toEqual(['> 가     1', '> ab   100', '> abc'])
  })

  test('clip cuts between characters', () => {
    expect(clip('abc', 3)).toBe('abc')
    expect(clip('abcd', 3)).toBe('ab…')
    expect(clip('가나다', 5)).toBe('가나…')
    expect(clip('가나다', 4)).toBe('가…')
    expect(clip('🚀🚀', 3)).toBe('🚀…')
  })

  test('wrap breaks at spaces, and through a word that is too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
    expect(wrap('응답 시간이 길다', 6)).toEqual(['응답', '시간이', '길다'])
    expect(wrap('', 5)).toEqual([])
    expect(wrap('a\nb', 5)).toEqual(['a b'])
  })
})
