// Every kind of metric, sub-metric and threshold, against a server that fails now and then.
import { check, group } from 'k6'
import exec from 'k6/execution'
import { Counter, Gauge, Rate, Trend } from 'k6/metrics'
import { createChatClient, env, summaryTrendStats } from '../../../dist/index.js'

const time = new Trend('own_time', true)
const size = new Trend('own_size')
const share = new Rate('own_share')
const count = new Counter('own_count')
const level = new Gauge('own_level')
const never = new Trend('own_never', true)

export const options = {
  scenarios: {
    first: {
      executor: 'shared-iterations',
      vus: 3,
      iterations: env.number('ITERATIONS', 30),
      exec: 'talk',
    },
    second: {
      executor: 'constant-arrival-rate',
      rate: env.number('RATE', 20),
      duration: '1s',
      preAllocatedVUs: 5,
      startTime: '500ms',
      exec: 'talk',
      tags: { phase: 'warmup' },
    },
  },
  thresholds: {
    own_time: ['p(95)<1e9', { threshold: 'avg<1000', abortOnFail: false }, 'p(99.9)>0', 'med!=3'],
    'own_time{kind:odd}': ['max<1e9', 'min>=0'],
    'own_time{kind:odd, scenario:first}': ['p(50)>=0'],
    'own_time{kind:none}': ['p(95)<1', 'min<1'],
    own_size: ['avg>1e30'],
    own_share: ['rate>0.1'],
    'own_share{kind:odd}': ['rate==1'],
    'own_share{kind:none}': ['rate==0'],
    own_count: ['count>4', 'rate>0'],
    own_level: ['value>=0'],
    'own_level{kind:none}': ['value<1'],
    'llm_ttft{phase:measure}': ['p(95)<60000'],
    llm_failed: ['rate<1'],
    'llm_errors{error_type:http_5xx}': ['count>=0'],
    checks: ['rate>0.1'],
  },
  summaryTrendStats: summaryTrendStats.concat(['p(12.5)', 'p(99.9)']),
}
if (env.string('NEVER')) options.thresholds.own_never = ['max>0']

const chat = createChatClient({ model: 'sim-7b' })

export function setup() {
  time.add(3.25, { kind: 'set up' })
}

export async function talk() {
  const i = exec.scenario.iterationInTest
  const kind = i % 2 === 1 ? 'odd' : 'e,v="e"n & <é> \\'
  time.add(i * 1.1 + 1 / 3, { kind, weird: `a\nb` })
  size.add(1e21 / (i + 1))
  size.add(-1e-9)
  share.add(i % 2 === 1, { kind })
  count.add(0.1, { kind })
  level.add(i - 20, { kind })
  if (env.string('NEVER') === 'no') never.add(1)
  const reply = await chat.stream({ prompt: 'Hello', max_tokens: 5 + (i % 4) })
  group('a group', () => {
    check(reply, { 'is, ok': (r) => r.ok, 'has "text"': (r) => r.text !== '' })
  })
}

export function teardown() {
  time.add(7.5)
}

export function handleSummary(data) {
  return { [env.string('DATA')]: JSON.stringify(data) }
}
