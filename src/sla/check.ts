import { misuse, show, unknownName } from '../core/errors.ts'

type Kind = 'time' | 'share' | 'amount' | 'text' | 'variables'

/** Every key of an SLA and what its value is. The order is the one of reports. */
export const SLA_KEYS: { readonly [key: string]: Kind } = {
  name: 'text',
  source: 'text',
  ttft: 'time',
  ttfo: 'time',
  tpot: 'time',
  duration: 'time',
  apiDuration: 'time',
  switchDuration: 'time',
  errorRate: 'share',
  availability: 'share',
  goodput: 'share',
  switchSuccess: 'share',
  requestsPerSecond: 'amount',
  tokensPerMinute: 'amount',
  concurrentUsers: 'amount',
  variables: 'variables',
}
const VARIABLES: { readonly [name: string]: Kind } = {
  TTFT_THRESHOLD: 'time',
  RESPONSE_TIME_P95: 'time',
  ERROR_RATE_THRESHOLD: 'share',
}
const PERCENTILE = /^p(\d+(?:\.\d+)?)$/
const EXPECTED = {
  time: 'a time in milliseconds, more than 0, like 2000',
  share: 'a share from 0 to 1, like 0.01 for 1 %',
  amount: 'a number more than 0, like 20',
  text: 'a text',
}

type Plain = { [key: string]: unknown }

/**
 * Checks every key and value of an SLA, or of an override, where `null` stands for no limit.
 * Ends the test for what cannot be judged: an unknown key, NaN, a negative time, a share of 5.
 */
export function checkSla(sla: unknown, nullable: boolean): void {
  if (sla === null || typeof sla !== 'object' || Array.isArray(sla)) {
    misuse(
      `sla=${show(sla)}: expected an SLA such as slaPresets.guideChat or ` +
        '{ name, source, ttft: { p95: 2000 }, errorRate: 0.01 }',
    )
  }
  for (const key of Object.keys(sla as Plain)) {
    const value = (sla as Plain)[key]
    const kind = SLA_KEYS[key]
    if (kind === undefined) {
      unknownName(`sla.${key}: no such limit; expected one of`, key, Object.keys(SLA_KEYS))
    }
    if (value === undefined || (nullable && value === null)) continue
    if (kind !== 'time' && kind !== 'variables') {
      checkLimit(key, kind, value)
      continue
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      const like = kind === 'time' ? '{ p95: 2000 }' : "{ 'ttft.p95': 'TTFT_THRESHOLD' }"
      misuse(`sla.${key}=${show(value)}: expected an object like ${like}`)
    }
    for (const inner of Object.keys(value as Plain)) {
      const part = (value as Plain)[inner]
      if (kind === 'variables') checkVariable(inner, part)
      else if (part !== undefined && !(nullable && part === null)) {
        checkStatistic(key, inner)
        checkLimit(`${key}.${inner}`, kind, part)
      }
    }
  }
}

function checkLimit(limit: string, kind: 'time' | 'share' | 'amount' | 'text', value: unknown) {
  const good =
    kind === 'text'
      ? typeof value === 'string' && value !== ''
      : typeof value === 'number' &&
        Number.isFinite(value) &&
        (kind === 'share' ? value >= 0 && value <= 1 : value > 0)
  if (!good) {
    // JSON has no NaN and no Infinity: show() would print null.
    const shown = typeof value === 'number' ? String(value) : show(value)
    misuse(`sla.${limit}=${shown}: expected ${EXPECTED[kind]}`)
  }
}

function checkStatistic(key: string, stat: string): void {
  const percentile = PERCENTILE.exec(stat)
  if (percentile ? Number(percentile[1]) > 100 : !/^(avg|med|max)$/.test(stat)) {
    misuse(`sla.${key}.${stat}: expected avg, med, max or a percentile from p0 to p100, like p95`)
  }
}

function checkVariable(limit: string, variable: unknown): void {
  const [key, stat] = splitLimit(limit)
  const kind = SLA_KEYS[key]
  if (stat !== undefined && kind === 'time') checkStatistic(key, stat)
  const whole = kind === 'time' ? stat !== undefined : kind === 'share' && stat === undefined
  if (!whole || VARIABLES[String(variable)] !== kind) {
    misuse(
      `sla.variables[${show(limit)}]=${show(variable)}: expected a time such as 'ttft.p95' with ` +
        "TTFT_THRESHOLD or RESPONSE_TIME_P95, or 'errorRate' with ERROR_RATE_THRESHOLD",
    )
  }
}

/** `'ttft.p99.9'` is the statistic `p99.9` of `ttft`. */
export function splitLimit(limit: string): [string, string | undefined] {
  const dot = limit.indexOf('.')
  return dot < 0 ? [limit, undefined] : [limit.slice(0, dot), limit.slice(dot + 1)]
}
