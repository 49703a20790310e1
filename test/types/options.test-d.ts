import type { Options, Scenario } from 'k6/options'
import {
  baselineThresholds,
  clientLagScenario,
  constantArrivals,
  createSummary,
  defineTest,
  errorKindThresholds,
  extendSla,
  mergeThresholds,
  modelSwitchScenario,
  perTag,
  poissonArrivals,
  profiles,
  scaleProfile,
  slaPresets,
  summaryTrendStats,
  sweep,
  toThresholds,
  validityThresholds,
  withWarmup,
} from 'k6-llm'

// What the library makes is what k6 takes.

const arrivals = poissonArrivals({ rate: 5, duration: '1m' })
const steps = sweep({ rates: [1, 2, 4], stepDuration: '1m', sla: slaPresets.guideChat })
const sla = extendSla(slaPresets.guideChat, { ttft: { p95: 1000 } })

export const whole: Options = {
  summaryTrendStats,
  scenarios: {
    chat: arrivals.scenario,
    even: constantArrivals({ rate: 1, duration: '1m' }).scenario,
    lag: clientLagScenario({ duration: '1m' }),
    models: modelSwitchScenario({ duration: '1m' }),
  },
  thresholds: mergeThresholds(
    toThresholds(sla, { tags: { model: 'a' }, unmeasured: 'report' }),
    arrivals.thresholds,
    errorKindThresholds,
    validityThresholds(),
    perTag('model', ['a', 'b']),
    baselineThresholds(JSON.parse('{}')),
    { checks: ['rate>0.99'] },
  ),
}

export const swept: Options = { scenarios: steps.scenarios, thresholds: steps.thresholds }

export const ready: Record<string, Scenario> = {
  load: profiles.load,
  streaming: profiles.streaming,
  scaled: scaleProfile(profiles.load, { maxVUs: 3 }),
  warm: withWarmup(profiles.load, { warmup: '10s' }),
}

export const handleSummary: (data: object) => Record<string, string> = createSummary({
  title: 'a test',
  sla: [sla, { sla: slaPresets.guideChat, tags: { model: 'b' } }],
  formats: ['text', 'json', 'markdown', 'html'],
})

// Of a whole test: what users are given is what setup returns, the session unless it says otherwise.

const defined = defineTest({
  title: 'a test',
  scenarios: { load: profiles.load, warm: withWarmup(profiles.load, { warmup: '10s' }) },
  sla: [{ sla, tags: { sla: 'chat' }, unmeasured: 'report' }],
  login: { baseUrl: 'http://localhost:8000' },
})
export const trend: Options['summaryTrendStats'] = defined.options.summaryTrendStats
export const limits: Options['thresholds'] = defined.options.thresholds
export const found: Promise<string | undefined> = defined.setup().then(({ token }) => token)
export const own: Promise<{ began: number }> = defineTest({
  title: 'a test',
  sweep: steps,
  setup: (session) => ({ began: 1, model: session.model }),
}).setup()
export const nothing: Promise<null> = defineTest({
  title: 'a test',
  scenarios: { chat: arrivals.scenario },
  login: false,
}).setup()
