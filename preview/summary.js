// What handleSummary is given, in k6's shape.

/**
 * @param {object} run
 * @param {import('./metrics/registry.js').Registry} run.registry
 * @param {import('./metrics/checks.js').Group} run.checks
 * @param {Record<string, any>} run.options
 * @param {number} run.duration ms
 * @param {string | undefined} run.setupData JSON
 * @param {boolean} run.noColor
 */
export function summaryData({ registry, checks, options, duration, setupData, noColor }) {
  /** @type {Record<string, object>} */
  const metrics = {}
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

/**
 * `--summary-export`: k6's older form, figures directly under the metric.
 *
 * @param {ReturnType<typeof summaryData>} data
 */
export function summaryExport(data) {
  const metrics = Object.fromEntries(
    Object.entries(data.metrics).map(([name, metric]) => {
      const { type, values, thresholds } = /** @type {any} */ (metric)
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

/**
 * @param {import('./metrics/checks.js').Group} group
 * @returns {object}
 */
function byName(group) {
  return {
    ...group,
    groups: Object.fromEntries(group.groups.map((one) => [one.name, byName(one)])),
    checks: Object.fromEntries(group.checks.map((one) => [one.name, one])),
  }
}
