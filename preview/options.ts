// The options in force: flags win over K6_… variables, those over what the script exports.
import { parseDuration } from './durations.ts'
import { EXIT, RunError } from './exit-codes.ts'
import { INSTALL } from './modules/errors.ts'
import { readScenario } from './scenarios.ts'

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

/**
 * @param exported by the script
 * @returns with `scenarios` complete and durations as given
 */
export function consolidate(
  exported: Record<string, any>,
  flags: Record<string, any>,
  variables: Record<string, string | undefined>,
  warn: (text: string) => void,
): Record<string, any> {
  for (const [name, value] of Object.entries(exported)) {
    if (!(name in KNOWN)) {
      warn(`There were unknown fields in the options exported in the script: "${name}"`)
    } else if (!KNOWN[name as keyof typeof KNOWN] && value !== null) {
      warn(`the option ${name} has no effect in the preview (${INSTALL})`)
    }
  }
  const fromEnv: Record<string, any> = {}
  for (const [name, read] of Object.entries(VARIABLES)) {
    const text = variables[name]
    if (text !== undefined && text !== '') fromEnv[name.slice(3).toLowerCase()] = read(text)
  }
  const options: Record<string, any> = { ...exported }
  for (const layer of [fromEnv, flags]) {
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
    if (
      options[name] !== undefined &&
      options[name] !== null &&
      parseDuration(options[name]) === undefined
    ) {
      throw invalid(`${name}: invalid duration "${options[name]}"`)
    }
  }
  options.scenarios = options.scenarios ?? { default: shortcut(options) }
  options.summaryTrendStats = options.summaryTrendStats ?? TREND_STATS
  for (const stat of options.summaryTrendStats) {
    if (!/^(avg|min|med|max|count|p\(\d+(\.\d+)?\))$/.test(stat)) {
      throw invalid(`invalid summary trend stats: "${stat}" is not a valid stat`)
    }
  }
  return options
}

/**
 * The scenarios, read and checked.
 *
 * @param functions that the script exports
 */
export function readScenarios(options: Record<string, any>, functions: string[]) {
  const list = Object.entries(options.scenarios).map(([name, config]) => readScenario(name, config))
  if (list.length === 0) throw invalid('scenarios: there is none')
  for (const { name, exec } of list) {
    if (!functions.includes(exec)) {
      throw invalid(`executor ${name}: function '${exec}' not found in exports`)
    }
  }
  return list
}

function shortcut({ vus, duration, iterations, stages }: Record<string, any>) {
  if (iterations !== undefined && iterations !== null) {
    const maxDuration = duration ?? undefined
    return {
      executor: 'shared-iterations',
      vus: vus ?? 1,
      iterations,
      ...(maxDuration ? { maxDuration } : {}),
    }
  }
  if (duration !== undefined && duration !== null) {
    return { executor: 'constant-vus', vus: vus ?? 1, duration }
  }
  if (stages !== undefined && stages !== null) {
    return { executor: 'ramping-vus', startVUs: vus ?? 1, stages }
  }
  if (vus > 1) {
    throw invalid(
      'the `vus=` option will be ignored, it only works in conjunction with `iterations`, `duration`, or `stages`',
    )
  }
  return { executor: 'shared-iterations', vus: 1, iterations: 1 }
}

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

export const invalid = (message: string) => new RunError(message, EXIT.invalidConfig)
