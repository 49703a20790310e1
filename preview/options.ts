// The options in force: flags win over K6_… variables, those over what the script exports.
import { parseDuration } from './durations.ts'
import { INSTALL } from './errors.ts'
import { EXIT, RunError } from './exit-codes.ts'
import { fieldsOf } from './script-values.ts'

/** What a script may export, as k6 knows it; true where the preview acts on it. */
const KNOWN = {
  batch: true,
  batchPerHost: true,
  blacklistIPs: false,
  blockHostnames: false,
  cloud: true,
  discardResponseBodies: true,
  dns: false,
  duration: true,
  executionSegment: false,
  executionSegmentSequence: false,
  ext: true,
  handleSummaryTimeout: true,
  hosts: false,
  httpDebug: false,
  insecureSkipTLSVerify: true,
  iterations: true,
  linger: true,
  localIPs: false,
  maxRedirects: true,
  minIterationDuration: true,
  noConnectionReuse: true,
  noCookiesReset: true,
  noSetup: true,
  noTeardown: true,
  noUsageReport: true,
  noVUConnectionReuse: true,
  paused: false,
  rps: false,
  scenarios: true,
  setupTimeout: true,
  stages: true,
  summaryTimeUnit: true,
  summaryTrendStats: true,
  systemTags: false,
  tags: true,
  teardownTimeout: true,
  thresholds: true,
  throw: true,
  tlsAuth: false,
  tlsCipherSuites: false,
  tlsVersion: false,
  userAgent: true,
  vus: true,
}

const TREND_STATS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)']
const SHORTCUTS = ['vus', 'duration', 'iterations', 'stages']

/** Variables of the environment that stand for options. */
const VARIABLES: Record<string, (text: string) => unknown> = {
  K6_VUS: Number,
  K6_ITERATIONS: Number,
  K6_DURATION: String,
  K6_STAGES: parseStages,
}

/** Options as somebody gave them. */
export type Given = Record<string, unknown>

/** The options in force: what nobody has looked at yet is as it was given. */
export interface Options extends Partial<Record<keyof typeof KNOWN, unknown>> {
  scenarios: Record<string, unknown>
  summaryTrendStats: string[]
}

/**
 * @param exported by the script
 * @returns durations are as given
 */
export function consolidate(
  exported: Given,
  flags: Given,
  variables: Record<string, string | undefined>,
  warn: (text: string) => void,
): Options {
  for (const [name, value] of Object.entries(exported)) {
    if (!isKnown(name)) {
      warn(`There were unknown fields in the options exported in the script: "${name}"`)
    } else if (!KNOWN[name] && value !== null) {
      warn(`the option ${name} has no effect in the preview (${INSTALL})`)
    }
  }
  const options = { ...exported }
  for (const layer of [optionsOf(variables), flags]) {
    const given = Object.fromEntries(
      Object.entries(layer).filter(([, value]) => value !== undefined),
    )
    // A shortcut from a later source takes the place of the scenarios of an earlier one.
    if (SHORTCUTS.some((name) => name !== 'vus' && name in given)) {
      for (const name of ['scenarios', 'duration', 'iterations', 'stages']) delete options[name]
    } else if ('vus' in given && options.scenarios) {
      delete options.scenarios
    }
    Object.assign(options, given)
  }
  if (
    options.scenarios &&
    SHORTCUTS.some((name) => options[name] !== undefined && name !== 'vus')
  ) {
    throw invalid(
      'using multiple execution config shortcuts (scenarios, duration, iterations, stages) simultaneously is not allowed',
    )
  }
  for (const name of ['setupTimeout', 'teardownTimeout', 'minIterationDuration']) {
    const value = options[name]
    if (value !== undefined && value !== null && parseDuration(value) === undefined) {
      throw invalid(`${name}: invalid duration "${value}"`)
    }
  }
  return {
    ...options,
    scenarios: fieldsOf(options.scenarios ?? { default: shortcut(options) }),
    summaryTrendStats: trendStats(options.summaryTrendStats ?? TREND_STATS),
  }
}

const isKnown = (name: string): name is keyof typeof KNOWN => name in KNOWN

/** What the environment sets. */
function optionsOf(variables: Record<string, string | undefined>): Given {
  const options: Given = {}
  for (const [name, read] of Object.entries(VARIABLES)) {
    const text = variables[name]
    if (text !== undefined && text !== '') options[name.slice(3).toLowerCase()] = read(text)
  }
  return options
}

function trendStats(given: unknown): string[] {
  if (!Array.isArray(given)) throw invalid('summaryTrendStats: expected a list')
  return given.map((stat) => {
    if (!/^(avg|min|med|max|count|p\(\d+(\.\d+)?\))$/.test(stat)) {
      throw invalid(`invalid summary trend stats: "${stat}" is not a valid stat`)
    }
    return String(stat)
  })
}

/** The scenario that the options stand for which are none. */
function shortcut({ vus, duration, iterations, stages }: Given): object {
  if (isGiven(iterations)) {
    return {
      executor: 'shared-iterations',
      vus: vus ?? 1,
      iterations,
      ...(duration ? { maxDuration: duration } : {}),
    }
  }
  if (isGiven(duration)) return { executor: 'constant-vus', vus: vus ?? 1, duration }
  if (isGiven(stages)) return { executor: 'ramping-vus', startVUs: vus ?? 1, stages }
  if (Number(vus) > 1) {
    throw invalid(
      'the `vus=` option will be ignored, it only works in conjunction with `iterations`, `duration`, or `stages`',
    )
  }
  return { executor: 'shared-iterations', vus: 1, iterations: 1 }
}

const isGiven = (value: unknown) => value !== undefined && value !== null

/** `10s:5,30s:10` */
export function parseStages(text: string) {
  return text.split(',').map((part) => {
    const [duration, target] = part.split(':')
    if (parseDuration(duration) === undefined || !Number.isInteger(Number(target))) {
      throw invalid(`stages: "${part}": expected DURATION:TARGET, like 30s:10`)
    }
    return { duration, target: Number(target) }
  })
}

const invalid = (message: string) => new RunError(message, EXIT.invalidConfig)
