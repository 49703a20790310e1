/**
 * A time as k6 writes it in JSON, in Go's RFC 3339 with the machine's own zone:
 * `2026-11-24T06:58:56.162221288Z`, `2026-11-24T15:58:56+09:00`.
 *
 * @param to behind its last byte
 * @returns ms since 1970 with their fraction; NaN where it is no such time
 */
export function parseTime(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 20) return Number.NaN
  const year = digits(bytes, from, 4)
  const month = digits(bytes, from + 5, 2)
  const day = digits(bytes, from + 8, 2)
  const hour = digits(bytes, from + 11, 2)
  const minute = digits(bytes, from + 14, 2)
  const second = digits(bytes, from + 17, 2)
  if (
    (year | month | day | hour | minute | second) < 0 ||
    bytes[from + 4] !== DASH ||
    bytes[from + 7] !== DASH ||
    bytes[from + 10] !== T ||
    bytes[from + 13] !== COLON ||
    bytes[from + 16] !== COLON
  ) {
    return Number.NaN
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) {
    return Number.NaN
  }
  let at = from + 19
  let fraction = 0
  if (bytes[at] === DOT) {
    const start = ++at
    let value = 0
    for (let byte = bytes[at]; at < to && isDigit(byte); byte = bytes[++at]) {
      value = value * 10 + byte - 48
    }
    if (at === start || at - start > 9) return Number.NaN
    fraction = value / (POWERS[at - start] ?? 1)
  }
  let offset = 0
  if (bytes[at] === Z) at++
  else {
    const sign = bytes[at] === PLUS ? 1 : bytes[at] === DASH ? -1 : 0
    const hours = digits(bytes, at + 1, 2)
    const minutes = digits(bytes, at + 4, 2)
    if (sign === 0 || (hours | minutes) < 0 || bytes[at + 3] !== COLON) return Number.NaN
    offset = sign * (hours * 60 + minutes)
    at += 6
  }
  if (at !== to) return Number.NaN
  return (
    minutesSince1970(year, month, day, hour, minute - offset) * 60000 + (second + fraction) * 1000
  )
}

const [PLUS, DASH, DOT, COLON, T, Z] = [43, 45, 46, 58, 84, 90]
const POWERS = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

const isDigit = (byte: number | undefined): byte is number =>
  byte !== undefined && byte >= 48 && byte <= 57

/** @returns -1: no digits */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i]
    if (!isDigit(byte)) return -1
    value = value * 10 + byte - 48
  }
  return value
}

let knownDay = -1
let knownMinutes = 0

/** Lines of one file are of few days: `Date.UTC` is asked once a day. */
function minutesSince1970(year: number, month: number, day: number, hour: number, minute: number) {
  const key = year * 512 + month * 32 + day
  if (key !== knownDay) {
    knownDay = key
    knownMinutes = Date.UTC(year, month - 1, day) / 60000
  }
  return knownMinutes + hour * 60 + minute
}
