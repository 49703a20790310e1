// From a path to a test that can start: bundled, its init code run once, its options read.

import { bundle } from './bundle.ts'
import { formatDuration } from './durations.ts'
import { EXIT, RunError } from './exit-codes.ts'
import { createChecks, type Group } from './metrics/checks.ts'
import { createJsonOutput } from './metrics/json-output.ts'
import { createRegistry, type Registry } from './metrics/registry.ts'
import { consolidate, type Options } from './options.ts'
import { fit, longest, plannedVus, readScenarios, type Scenario } from './scenarios.ts'
import { fieldsOf } from './script-values.ts'
import type { Session } from './session.ts'
import { MOST_VUS, tooMany } from './vus.ts'

/** A test that can start. */
export interface Loaded {
  options: Options
  scenarios: Scenario[]
  registry: Registry
  checks: Group
  /** VUs that are made before the start */
  planned: number
  /** names of what the script exports */
  functions: string[]
}

export async function load(session: Session): Promise<Loaded> {
  const { clock, given, host, log, path } = session
  const warn = (text: string) => log.warning(text)
  const script = await bundle(path, warn)
  session.cleanup.push(script.remove)
  host.bundle = script.url

  const first = session.thread('init')
  session.halt = () => first.stop()
  const found = await first.ready.catch((error: unknown) => {
    session.check()
    throw error
  })
  await first.stop()
  session.check()
  if (found === undefined) throw new Error('the init thread told nothing')
  const { functions } = found
  host.shared = new Map(found.arrays)

  const exported: unknown = found.options === undefined ? {} : JSON.parse(found.options)
  const options = consolidate(fieldsOf(exported), given.options ?? {}, process.env, warn)
  host.options = options
  const scenarios = readScenarios(options, functions)
  const thresholds = given.noThresholds ? {} : fieldsOf(options.thresholds)
  const registry = createRegistry(thresholds, found.metrics)
  const text = banner(path, scenarios, given.out)
  const asked = plannedVus(scenarios)
  const planned = fit(scenarios, MOST_VUS)
  if (planned > MOST_VUS) throw tooMany(planned)
  if (planned < asked) {
    log.info(
      `${planned} VUs are shared by the scenarios, which ask for ${asked}; the preview has no more`,
    )
  }

  const outputs = (given.out ?? []).map((to) => {
    const file = /^json=(.+)$/.exec(to)?.[1]
    if (file === undefined) {
      throw new RunError(`--out ${to}: the preview has json=FILE only`, EXIT.invalidConfig)
    }
    const output = createJsonOutput(file, clock.startedAt)
    session.cleanup.push(output.close)
    return output
  })
  registry.tee((metric, value, time, tags) => {
    for (const output of outputs) output.sample(metric, value, time, tags)
  })
  const checks = createChecks()
  session.sample = (name, value, time, tags) => {
    registry.sample(name, value, time, tags)
    checks.sample(name, value, tags)
  }
  if (!given.quiet) process.stdout.write(text)
  return { options, scenarios, registry, checks: checks.root, planned, functions }
}

function banner(path: string, scenarios: Scenario[], out?: string[]) {
  const vus = plannedVus(scenarios, 'maxVUs')
  const time = formatDuration(longest(scenarios))
  return [
    '',
    'k6-llm preview: this script runs in Node, without k6. For a benchmark run it with k6.',
    `  script: ${path}`,
    ...(out?.length ? [`  output: ${out.join(', ')}`] : []),
    `  scenarios: ${scenarios.length}, ${vus} max VUs, ${time} max duration (incl. graceful stop)`,
    ...scenarios.map((one) => `    * ${one.name}: ${one.text}`),
    '',
    '',
  ].join('\n')
}
