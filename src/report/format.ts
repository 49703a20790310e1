/**
 * A number for people, with its unit where that is a word of no language: `3.42 ms`, `812 ms`,
 * `12.34 s`, `0.48 %`, `1,234`. Three significant digits or more.
 *
 * @param unit `ms`, `share` (0..1, written in percent), `bytes`; anything else is a plain number
 * @param extra more decimals than usual
 */
export function formatNumber(value: number, unit: string, extra = 0): string {
  if (unit === 'ms') {
    if (Math.abs(value) >= 10000) {
      return `${grouped((value / 1000).toFixed((value < 100000 ? 2 : 1) + extra))} s`
    }
    return `${value.toFixed((value < 10 ? 2 : value < 100 ? 1 : 0) + extra)} ms`
  }
  if (unit === 'share') {
    // 99.999 % is not 100 %, and one failure in a million is not none.
    let digits = 2 + extra
    let text = trimmed((value * 100).toFixed(digits))
    while (digits < 12 && ((text === '100' && value < 1) || (text === '0' && value > 0))) {
      text = trimmed((value * 100).toFixed(++digits))
    }
    return `${text} %`
  }
  if (unit === 'bytes') {
    const names = ['B', 'kB', 'MB', 'GB', 'TB']
    let step = 0
    let left = value
    while (left >= 1000 && step < names.length - 1) {
      left /= 1000
      step++
    }
    return `${trimmed(left.toFixed((step === 0 ? 0 : 1) + extra))} ${names[step]}`
  }
  if (value % 1 === 0) return grouped(String(value))
  return grouped(trimmed(value.toFixed((Math.abs(value) < 1 ? 3 : 2) + extra)))
}

/** A goal as it was set: `3000 ms`, `180 s`, `1 %`. */
export function formatGoal(goal: number, unit: string): string {
  if (unit === 'ms') return goal >= 10000 ? `${goal / 1000} s` : `${goal} ms`
  if (unit === 'share') return `${Number((goal * 100).toPrecision(10))} %`
  return unit === 'bytes' ? `${grouped(String(goal))} B` : grouped(String(goal))
}

/** A measured number beside its goal: 2000.3 ms must not read "2000 ms, goal < 2000 ms". */
export function formatBeside(value: number, goal: number, unit: string): string {
  let extra = 0
  let text = formatNumber(value, unit)
  while (value !== goal && extra < 6 && text === formatNumber(goal, unit, extra)) {
    text = formatNumber(value, unit, ++extra)
  }
  return text
}

/** A span of time: `13m 2s`, `42.3s`, with the language's own words for hour, minute, second. */
export function formatSpan(ms: number, words: { h: string; m: string; s: string }): string {
  if (ms < 59950) return `${Number((ms / 1000).toFixed(1))}${words.s}`
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 3600), words.h],
    [Math.floor(seconds / 60) % 60, words.m],
    [seconds % 60, words.s],
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, word]) => amount + word)
    .join(' ')
}

function grouped(text: string): string {
  const [whole, fraction] = text.split('.') as [string, string | undefined]
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? spaced : `${spaced}.${fraction}`
}

function trimmed(text: string): string {
  return text.indexOf('.') < 0 ? text : text.replace(/\.?0+$/, '')
}
