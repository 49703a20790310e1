// What handleSummary is given, in k6's shape.
import type { MetricKind } from './messages.ts'
import type { Group } from './metrics/checks.ts'
import type { Registry } from './metrics/registry.ts'
import type { Options } from './options.ts'

/** A metric in the summary. */
export interface SummaryMetric extends MetricKind {
  values: Record<string, number>
  /** by the expression */
  thresholds?: Record<string, { ok: boolean }>
}

export interface SummaryData {
  root_group: Group
  options: { summaryTrendStats: string[]; summaryTimeUnit: unknown; noColor: boolean }
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number; preview: true }
  metrics: Record<string, SummaryMetric>
  setup_data?: unknown
}

/** What a summary is made from. */
interface Ended {
  registry: Registry
  checks: Group
  options: Options
  /** ms */
  duration: number
  /** JSON */
  setupData: string | undefined
  noColor: boolean
}

export function summaryData({
  registry,
  checks,
  options,
  duration,
  setupData,
  noColor,
}: Ended): SummaryData {
  const metrics: Record<string, SummaryMetric> = {}
  for (const { name, type, contains, sink, thresholds } of registry.shown()) {
    metrics[name] = {
      type,
      contains,
      values: sink.values(options.summaryTrendStats, duration / 1000),
      ...(thresholds.length === 0
        ? {}
        : {
            thresholds: Object.fromEntries(
              thresholds.map((one) => [one.source, { ok: !one.failed }]),
            ),
          }),
    }
  }
  return {
    root_group: checks,
    options: {
      summaryTrendStats: options.summaryTrendStats,
      summaryTimeUnit: options.summaryTimeUnit ?? '',
      noColor,
    },
    state: {
      isStdOutTTY: process.stdout.isTTY === true,
      isStdErrTTY: process.stderr.isTTY === true,
      testRunDurationMs: duration,
      preview: true,
    },
    metrics,
    ...(setupData === undefined ? {} : { setup_data: JSON.parse(setupData) }),
  }
}

/** `--summary-export`: k6's older form, figures directly under the metric. */
export function summaryExport(data: SummaryData) {
  const metrics = Object.fromEntries(
    Object.entries(data.metrics).map(([name, { type, values, thresholds }]) => {
      const { rate, ...rest } = values
      const figures = type === 'rate' ? { ...rest, value: rate } : values
      const crossed = Object.fromEntries(
        Object.entries(thresholds ?? {}).map(([source, { ok }]) => [source, !ok]),
      )
      return [name, thresholds === undefined ? figures : { ...figures, thresholds: crossed }]
    }),
  )
  const { root_group, setup_data } = data
  return {
    metrics,
    root_group: byName(root_group),
    ...(setup_data === undefined ? {} : { setup_data }),
  }
}

function byName(group: Group): object {
  return {
    ...group,
    groups: Object.fromEntries(group.groups.map((one) => [one.name, byName(one)])),
    checks: Object.fromEntries(group.checks.map((one) => [one.name, one])),
  }
}
