import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'

// What a VU may never use: made at first use (lazy-modules.ts, CONTRIBUTING.md). In a VU
// each function costs about 1 KB from the moment the file is loaded.
const dialects = [
  ...readFileSync(join(root, 'src/stream/dialects/index.ts'), 'utf8').matchAll(
    /from '\.\/([\w-]+)\.ts'/g,
  ),
].map(([, name]) => [String(name), [`src/stream/dialects/${name}.ts`]] as const)

/** Modules of the library by the name of the function that makes them. */
export const LAZY: Record<string, string[]> = {
  // Only the dialect that a request is written in.
  ...Object.fromEntries(dialects),
  // Only at a request: a test's setup, teardown and summary are VUs too.
  request: [
    'src/chat/address.ts',
    'src/chat/bounds.ts',
    'src/chat/request.ts',
    'src/chat/result.ts',
    'src/stream/read-outcome.ts',
    'src/metrics/goodput.ts',
    'src/metrics/request.ts',
    'src/metrics/first-failures.ts',
    'src/chat/words.ts',
    'src/metrics/arrival.ts',
  ],
  // Only where the relay has not read the answer.
  reading: ['src/stream/interpret.ts', 'src/stream/sse.ts'],
  embeddings: ['src/chat/embed.ts'],
  // Only in setup.
  login: ['src/chat/login.ts'],
  session: ['src/client/session.ts', 'src/models/discover.ts'],
  // Only in handleSummary.
  report: [
    'src/report/at-the-end.ts',
    'src/report/record.ts',
    'src/report/text.ts',
    'src/workload/plan.ts',
  ],
  words: ['src/report/words/words.ts'],
  markdown: ['src/report/markdown.ts'],
  html: ['src/report/html.ts'],
  baseline: ['src/report/baseline.ts'],
  // Only in scripts that have such a thing.
  defineTest: ['src/client/define-test.ts'],
  summary: ['src/report/summary.ts'],
  models: ['src/models/manager.ts'],
  switches: ['src/workload/model-switches.ts', 'src/workload/switch-tour.ts'],
  sse: ['src/chat/transports/sse.ts'],
  serverMetrics: ['src/metrics/server-metrics.ts'],
  sla: ['src/sla/limits.ts'],
  slaPresets: [
    'src/sla/presets/guide.ts',
    'src/sla/presets/mlperf.ts',
    'src/sla/presets/use-cases.ts',
  ],
  scale: ['src/workload/scale.ts'],
  warmup: ['src/workload/warmup.ts'],
  sweep: ['src/workload/sweep.ts'],
  profiles: ['src/workload/standard-profiles.ts'],
  distribution: ['src/workload/distribution.ts'],
  arrivals: ['src/workload/arrivals.ts'],
  datasets: ['src/workload/datasets.ts'],
  synthetic: ['src/workload/synthetic.ts'],
  relay: ['src/chat/transports/relay.ts', 'src/chat/transports/relay-protocol.ts'],
  persistence: ['src/client/persistence.ts'],
}
