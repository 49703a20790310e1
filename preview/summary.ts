import type { Group } from './metrics/checks.ts'
import type { Registry } from './metrics/registry.ts'

// What handleSummary is given, in k6's shape.

export function summaryData({
  registry,
  checks,
  options,
  duration,
  setupData,
  noColor,
}: {
  registry: Registry
  checks: Group
  options: Record<string, any> /** ms */
  duration: number /** JSON */
  setupData: string | undefined
  noColor: boolean
}) {
  const metrics: Record<string, object> = {}
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
    },
    metrics,
    ...(setupData === undefined ? {} : { setup_data: JSON.parse(setupData) }),
  }
}

/** `--summary-export`: k6's older form, figures directly under the metric. */
export function summaryExport(data: ReturnType<typeof summaryData>) {
  const metrics = Object.fromEntries(
    Object.entries(data.metrics).map(([name, metric]) => {
      const { type, values, thresholds } = metric as any
      const { rate, ...rest } = values
      const figures = type === 'rate' ? { ...rest, value: rate } : values
      const crossed = Object.fromEntries(
        Object.entries<{ ok: boolean }>(thresholds ?? {}).map(([source, { ok }]) => [source, !ok]),
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
