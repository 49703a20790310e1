// The life cycle: what comes where, and what each part may see. MODE makes one part fail.
import { check, group, sleep } from 'k6'
import { hmac, md5, sha256 } from 'k6/crypto'
import { SharedArray } from 'k6/data'
import { b64decode, b64encode } from 'k6/encoding'
import exec from 'k6/execution'
import { Counter, Gauge, Rate, Trend } from 'k6/metrics'

const mode = __ENV.MODE || 'plain'
const trend = new Trend('my_trend', true)
const counter = new Counter('my_counter')
const rate = new Rate('my_rate')
const gauge = new Gauge('my_gauge')
const words = new SharedArray('words', () => [{ word: 'a' }, { word: 'ü' }, { word: 'c' }])
const text = open('./words.txt')

if (mode === 'init throws') throw new Error('thrown at init')
if (mode === 'init aborts') exec.test.abort('aborted at init')

const thresholds = {
  my_trend: ['avg<1000', 'p(99.9)<=9', 'med>0', { threshold: 'max<100', abortOnFail: false }],
  'my_trend{word:a}': ['max<5'],
  'my_trend{word:none}': ['p(95)<1'],
  my_counter: ['count==4', 'rate>0'],
  my_rate: ['rate==0.5'],
  my_gauge: ['value!=0'],
  checks: ['rate>0.7'],
  iterations: ['count===4'],
}

export const options = {
  vus: 2,
  iterations: 4,
  thresholds: Object.assign(
    {},
    mode === 'plain' ? {} : { checks: ['rate>0'] },
    mode === 'crossed' || mode === 'plain' ? thresholds : {},
    mode === 'crossed' ? { my_gauge: ['value<0'] } : {},
    mode === 'no metric' ? { nothing: ['p(95)<1'] } : {},
    mode === 'no figure' ? { my_counter: ['p(95)<1'] } : {},
    mode === 'no sense' ? { my_counter: ['count << 1'] } : {},
    mode === 'stop early' ? { my_counter: [{ threshold: 'count<1', abortOnFail: true }] } : {},
    mode === 'nothing measured' ? { 'my_trend{word:none}': ['max>0'] } : {},
  ),
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(99)', 'p(99.9)', 'count'],
  tags: { of: 'all' },
}
if (mode === 'slow setup') options.setupTimeout = '500ms'
if (mode === 'slow teardown') options.teardownTimeout = '500ms'
if (mode === 'no function') {
  options.scenarios = { one: { executor: 'constant-vus', vus: 1, duration: '1s', exec: 'nothing' } }
}
if (mode === 'no executor') options.scenarios = { one: { executor: 'unheard-of' } }
if (mode === 'no field') {
  options.scenarios = { one: { executor: 'constant-vus', vus: 1, duration: '1s', vuss: 1 } }
}
if (mode === 'no duration') options.scenarios = { one: { executor: 'constant-vus', vus: 1 } }
if (mode === 'cut off') {
  options.scenarios = {
    one: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '500ms' },
  }
}
if (mode !== 'plain' && options.scenarios) {
  delete options.vus
  delete options.iterations
}

export function setup() {
  console.log('SETUP')
  if (mode === 'setup throws') throw new Error('thrown in setup')
  if (mode === 'setup aborts') exec.test.abort('aborted in setup')
  if (mode === 'slow setup') sleep(3)
  check(1, { 'in setup': true })
  return { when: new Date(0), list: [1, 'two', null], nothing: undefined, text: text.trim() }
}

export default function (data) {
  if (mode === 'throws') throw new Error('thrown in an iteration')
  if (mode === 'aborts' && exec.scenario.iterationInTest === 2) {
    try {
      exec.test.abort('aborted in an iteration')
    } catch (error) {
      console.log(`CAUGHT ${error}`)
    }
  }
  if (mode === 'fails') exec.test.fail('not good')
  if (mode === 'stop early' || mode === 'cut off') {
    counter.add(1)
    sleep(30)
  }
  const { word } = words[exec.scenario.iterationInTest % words.length]
  exec.vu.metrics.tags.word = word
  counter.add(1)
  rate.add(exec.scenario.iterationInTest % 2 === 0)
  gauge.add(7)
  trend.add(exec.scenario.iterationInTest + 1)
  trend.add(2 * exec.scenario.iterationInTest + 3, { word: 'own' })
  group('outer', () => {
    check(data, { 'data went through JSON': (d) => d.list.length === 3 && d.nothing === null })
    group('inner', () => {
      check(7, {
        'is seven': (n) => n === 7,
        'is odd in the second half': exec.scenario.iterationInTest > 1,
      })
    })
  })
  if (exec.scenario.iterationInTest === 0) {
    console.log(
      `SEEN ${JSON.stringify({
        text: data.text,
        length: words.length,
        words: words.map((w) => w.word),
        encoded: [
          b64encode('häuser?'),
          b64encode('häuser?', 'rawurl'),
          b64decode('aMOk', 'std', 's'),
        ],
        hashes: [
          md5('a', 'hex'),
          sha256('ä', 'base64'),
          hmac('sha1', 'key', 'text', 'base64rawurl'),
        ],
      })}`,
    )
  }
}

export function teardown(data) {
  console.log(`TEARDOWN ${data.text}`)
  if (mode === 'teardown throws') throw new Error('thrown in teardown')
  if (mode === 'slow teardown') sleep(3)
}

export function handleSummary(data) {
  if (mode === 'summary throws') throw new Error('thrown in handleSummary')
  return { stdout: `\nSUMMARY ${JSON.stringify(data)}\n` }
}
