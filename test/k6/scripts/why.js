// Requests that fail, or are held back, as a user's own script would meet them.
import { Counter } from 'k6/metrics'
import { createChatClient, createSummary, toThresholds } from '../../../dist/index.js'

const done = new Counter('tests_done')
const sla = JSON.parse(__ENV.SLA || '{"errorRate":0.05,"availability":0.99}')

export const options = {
  scenarios: {
    default: {
      executor: 'constant-vus',
      vus: 2,
      duration: __ENV.DURATION || '20s',
      gracefulStop: '2s',
    },
  },
  thresholds: toThresholds(sla, { unmeasured: __ENV.UNMEASURED || 'report' }),
}

const chat = createChatClient({
  token: 'sk-secret-1234567890',
  timeout: '5s',
  slo: __ENV.SLO ? JSON.parse(__ENV.SLO) : undefined,
})

export const handleSummary = createSummary({
  title: 'why',
  sla,
  unmeasured: __ENV.UNMEASURED || 'report',
  formats: ['text', 'json', 'markdown', 'html'],
  file: __ENV.REPORT,
})

export default async function () {
  const headers = __ENV.FAULT ? { 'x-sim-fault': __ENV.FAULT } : {}
  await chat.stream({ prompt: 'A prompt that no log may repeat', max_tokens: 20 }, { headers })
  if (__ENV.PROBE) await chat.probe('A prompt that no log may repeat')
  done.add(1)
}
