// Every format of the summary at once, with a metric and a threshold of the script's own.
import { check } from 'k6'
import { Trend } from 'k6/metrics'
import {
  createChatClient,
  createSummary,
  env,
  errorKindThresholds,
  mergeThresholds,
  perTag,
  slaPresets,
  summaryTrendStats,
  toThresholds,
} from '../../../dist/index.js'

const own = new Trend('my_own_metric')
const sla = [slaPresets.guideChat, slaPresets.guideStreaming]

export const options = {
  scenarios: { chat: { executor: 'per-vu-iterations', vus: 2, iterations: 6 } },
  thresholds: mergeThresholds(
    errorKindThresholds,
    perTag('model', ['org/a', 'org/<b>']),
    toThresholds(sla[0]),
    toThresholds(sla[1], { unmeasured: 'report' }),
    { my_own_metric: ['p(95)<10'] },
  ),
  summaryTrendStats: env.string('FEW') ? ['avg', 'max'] : summaryTrendStats,
}

const chat = createChatClient()

// What a login would return: it is in k6's data, and in no report.
export function setup() {
  return { token: env.string('API_TOKEN'), password: env.string('TEST_PASSWORD') }
}

export default async function (session) {
  for (const model of ['org/a', 'org/<b>']) {
    const request = { model, prompt: 'pr0mpt-text', max_tokens: 20 }
    const reply = await chat.stream(request, { token: session.token })
    check(reply, { 'it is <b>ok</b>': (r) => r.ok })
  }
  own.add(5)
}

export const handleSummary = createSummary({
  title: 'Formats <b>',
  sla,
  unmeasured: 'report',
  formats: ['html', 'markdown', 'json', 'text'],
  notes: { server: 'simulator' },
  locale: env.string('LOCALE', 'en'),
})
