import { beforeEach, describe, expect, test, vi } from 'vitest'
import { METRICS } from '../../../src/metrics/names.ts'
import { displayWidth } from '../../../src/report/layout.ts'
import { type ReportContext, toReport } from '../../../src/report/record.ts'
import { renderText, type TextOptions } from '../../../src/report/text.ts'
import { fill } from '../../../src/report/words/language.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { describeSla } from '../../../src/sla/limits.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { counter, gauge, loadTest, rate, run, trend, unused } from './run.ts'

beforeEach(() => {
  vi.stubGlobal('__ENV', {})
})

const { guideChat, guideStreaming, guideThroughput } = slaPresets
const slas: ReportContext['slas'] = [
  {
    name: guideChat.name,
    source: guideChat.source,
    limits: describeSla(guideChat, { tags: { sla: 'chat' } }),
  },
  {
    name: guideStreaming.name,
    source: guideStreaming.source,
    limits: describeSla(guideStreaming, { streaming: false }),
  },
  { name: guideThroughput.name, source: 'ours', limits: describeSla(guideThroughput) },
]
const context: ReportContext = {
  title: 'Load test',
  generatedAt: '2026-11-24T03:15:00.123Z',
  slas,
  notes: [{ label: 'model', text: 'llama-3-8b' }, { text: 'TP=2' }],
}
const text = (metrics: { [name: string]: unknown }, options?: TextOptions) =>
  renderText(toReport(run(metrics), { title: 'T', generatedAt: context.generatedAt }), options)
const lines = (made: string) => made.replace(/\n$/, '').split('\n')

const ESC = String.fromCharCode(27)

describe('the text of a whole run', () => {
  const report = toReport(loadTest, context)
  const files = ['results/load-test.json']

  test('in English, line by line', () => {
    expect(lines(renderText(report, { files }))).toEqual([
      'FAIL - Load test: 3 of 6 goals not met',
      'validity not watched: add clientLagScenario',
      '2026-11-24 03:15:00 UTC, ran 13m 2s, peak users 15',
      'SLA: ordinary chat, streaming (K6 performance test guide of',
      'seehwan/vllm_seehwan, 2025-01)',
      'SLA: throughput (ours)',
      '',
      'Goals not met',
      '  ✗ TTFT p95                         nothing was measured  goal < 2000 ms',
      '  ✗ availability {sla:chat}                       99.36 %  goal > 99.5 %',
      '  ✗ request duration p95 {sla:chat}             3000.4 ms  goal < 3000 ms',
      '',
      'Goals met',
      '  ✓ failed requests {sla:chat}        0.48 %  goal < 1 %',
      '  ✓ request duration p50 {sla:chat}  1210 ms  goal < 1500 ms',
      '  ✓ request duration p99 {sla:chat}  4800 ms  goal < 5000 ms',
      '',
      'Not measured',
      '  TTFT p95 < 2000 ms',
      "    why: stock k6's http returns only when the whole answer is there, so the",
      '    time of a token is not seen; llm_ttft_probe is an estimate of TTFT.',
      '    fix: run it by k6-llm run, or beside k6-llm relay with -e',
      '    LLM_RELAY=http://127.0.0.1:9470: any k6 then sees tokens arrive',
      '    (docs/streaming.md).',
      '',
      'Reported, not judged',
      '  requests ≥ 20 requests/s: 3.2 requests/s (over the whole run)',
      '  completion tokens ≥ 1,000 tokens/min: 18,776.4 tokens/min (over the whole run)',
      '    why: k6 divides a count by the whole run, with its setup, ramps and warm-up.',
      "    fix: give toThresholds the length of the measured phase, like window: '2m'.",
      '  users at the time ≥ 10 users: 15 users (peak)',
      '    why: a condition of the load, not a result.',
      '    fix: run a profile with at least that many users.',
      '',
      'Likely causes',
      '  Nothing was measured:',
      "    - seen in this run: Stock k6's HTTP does not see tokens arrive. Run it by",
      '      k6-llm run, which starts the relay, or give one: -e',
      '      LLM_RELAY=http://127.0.0.1:9470 (k6-llm relay).',
      '  Failed requests:',
      '    - seen in this run: Answers took longer than the timeout of the client. See',
      '      whether the time goes into waiting (TTFT) or generating (TPOT); raise',
      '      timeout only if users would wait as long.',
      '    - seen in this run: The server or the gateway answered with an error of its',
      '      own (HTTP 5xx). Read its log at that time; 502 and 504 are of the proxy in',
      '      front of it.',
      '  Long answers:',
      '    - Answers are longer than the goal allows: duration is TTFT + (tokens − 1) ×',
      '      TPOT. Limit max_tokens, or set goals for TTFT and TPOT instead, which do',
      '      not depend on the length.',
      '    - Requests wait for a place in the batch. Fewer requests at the time, a',
      '      larger --max-num-seqs where memory allows, or another replica. The server',
      '      tells its waiting requests: add createServerMonitor.',
      '',
      'Latency                 p50      p95      p99      max  count',
      '  request duration  1210 ms  3000 ms  4800 ms  19.10 s  2,488',
      '    {sla:chat}      1210 ms  3000 ms  4800 ms  9100 ms  2,488',
      '  HTTP duration     1220 ms  3010 ms  4810 ms  19.10 s  2,500',
      '',
      'Per request  p50  p95  p99  max  count',
      '  chunks      98  120  130  500  2,488',
      '',
      'Counts',
      '  requests             2,500  3.2/s over the whole run',
      '  completion tokens  244,824  312.94/s over the whole run',
      '  failed requests     0.48 %  12 / 2,500, http_5xx 4, timeout 8',
      '  availability       99.36 %  2,484 / 2,500',
      '',
      'Checks: 4,988 of 5,000 passed',
      '  ✗ chat / has text  12 of 2,500 failed',
      '',
      'Notes',
      '  model: llama-3-8b',
      '  TP=2',
      '',
      'Files (k6 says which it cannot write): results/load-test.json',
    ])
  })

  test('in Korean, line by line', () => {
    expect(lines(renderText(report, { locale: 'ko', files }))).toEqual([
      'FAIL - Load test: 목표 6개 중 3개 미달',
      '유효성 미확인: clientLagScenario를 추가하세요',
      '2026-11-24 03:15:00 UTC, 실행 시간 13분 2초, 최대 동시 사용자 15명',
      'SLA: ordinary chat, streaming (K6 performance test guide of',
      'seehwan/vllm_seehwan, 2025-01)',
      'SLA: throughput (ours)',
      '',
      '미달 목표',
      '  ✗ TTFT p95                  측정값 없음  목표 < 2000 ms',
      '  ✗ 가용성 {sla:chat}             99.36 %  목표 > 99.5 %',
      '  ✗ 응답 시간 p95 {sla:chat}    3000.4 ms  목표 < 3000 ms',
      '',
      '달성 목표',
      '  ✓ 실패율 {sla:chat}          0.48 %  목표 < 1 %',
      '  ✓ 응답 시간 p50 {sla:chat}  1210 ms  목표 < 1500 ms',
      '  ✓ 응답 시간 p99 {sla:chat}  4800 ms  목표 < 5000 ms',
      '',
      '측정하지 못한 항목',
      '  TTFT p95 < 2000 ms',
      '    이유: 기본 k6의 http는 응답 전체가 도착한 뒤에야 값을 돌려주므로 토큰이',
      '    도착한 시각을 알 수 없습니다. llm_ttft_probe는 TTFT의 추정값입니다.',
      '    방법: k6-llm run으로 실행하거나, k6-llm relay를 켜고 -e',
      '    LLM_RELAY=http://127.0.0.1:9470 을 지정하세요. 어떤 k6에서든 토큰의 도착이',
      '    보입니다(docs/streaming.md).',
      '',
      '판정 없이 참고만 하는 항목',
      '  요청 수 ≥ 20건/초: 3.2건/초 (전체 실행 기준)',
      '  출력 토큰 ≥ 1,000토큰/분: 18,776.4토큰/분 (전체 실행 기준)',
      '    이유: k6는 준비, 부하 증가, 워밍업 시간까지 포함한 전체 실행 시간으로',
      '    나눕니다.',
      "    방법: toThresholds의 window 옵션에 측정 구간의 길이를 '2m'처럼 지정하세요.",
      '  동시 사용자 ≥ 10명: 15명 (최대)',
      '    이유: 측정 결과가 아니라 부하의 조건입니다.',
      '    방법: 그 수 이상의 사용자로 구성된 프로필을 실행하세요.',
      '',
      '예상 원인',
      '  측정값이 없음:',
      '    - 이번 실행에서 확인됨: 기본 k6의 HTTP로는 토큰이 도착하는 것을 볼 수',
      '      없습니다. 릴레이를 시작해 주는 k6-llm run으로 실행하거나, 실행 중인',
      '      릴레이(k6-llm relay)를 -e LLM_RELAY=http://127.0.0.1:9470 으로 지정하세요.',
      '  요청 실패:',
      '    - 이번 실행에서 확인됨: 응답이 클라이언트의 타임아웃보다 오래 걸렸습니다.',
      '      대기(TTFT)와 생성(TPOT) 중 어디에 시간이 걸리는지 확인하세요. 사용자가',
      '      그만큼 기다릴 수 있을 때만 timeout을 늘리세요.',
      '    - 이번 실행에서 확인됨: 서버나 게이트웨이가 자체 오류로 응답했습니다(HTTP',
      '      5xx). 그 시각의 로그를 확인하세요. 502와 504는 앞단 프록시의 오류입니다.',
      '  응답이 오래 걸림:',
      '    - 응답이 목표에 비해 깁니다: 응답 시간 = TTFT + (토큰 수 − 1) × TPOT.',
      '      max_tokens를 제한하거나, 길이와 무관한 TTFT와 TPOT에 목표를 두세요.',
      '    - 요청이 배치에 들어가기를 기다립니다. 동시 요청을 줄이거나, 메모리가',
      '      허용하면 --max-num-seqs를 늘리거나, 복제본을 추가하세요.',
      '      createServerMonitor를 추가하면 서버의 대기 요청 수를 볼 수 있습니다.',
      '',
      '지연 시간             p50      p95      p99      max   건수',
      '  응답 시간       1210 ms  3000 ms  4800 ms  19.10 s  2,488',
      '    {sla:chat}    1210 ms  3000 ms  4800 ms  9100 ms  2,488',
      '  HTTP 응답 시간  1220 ms  3010 ms  4810 ms  19.10 s  2,500',
      '',
      '요청별 분포  p50  p95  p99  max   건수',
      '  청크 수     98  120  130  500  2,488',
      '',
      '집계',
      '  요청 수      2,500  3.2/초 전체 실행 기준',
      '  출력 토큰  244,824  312.94/초 전체 실행 기준',
      '  실패율      0.48 %  12 / 2,500, http_5xx 4, timeout 8',
      '  가용성     99.36 %  2,484 / 2,500',
      '',
      '체크: 5,000건 중 4,988건 통과',
      '  ✗ chat / has text  2,500건 중 12건 실패',
      '',
      '비고',
      '  model: llama-3-8b',
      '  TP=2',
      '',
      '파일 (쓰지 못한 것은 k6가 알림): results/load-test.json',
    ])
  })

  test('the first line has the verdict in every language; the marks stay where colours are on', () => {
    for (const locale of ['en', 'ko'] as const) {
      const plain = renderText(report, { locale })
      const colored = renderText(report, { locale, color: true })
      expect(colored.startsWith(`${ESC}[1;31mFAIL${ESC}[0m - Load test`)).toBe(true)
      expect(colored.split(`${ESC}[31m✗${ESC}[0m`)).toHaveLength(1 + 4)
      expect(colored.split(`${ESC}[32m✓${ESC}[0m`)).toHaveLength(1 + 3)
      expect(
        colored
          .split(ESC)
          .join('')
          .replace(/\[[\d;]*m/g, ''),
      ).toBe(plain)
      expect(plain).not.toContain(ESC)
    }
  })
})

describe('the verdict line', () => {
  const verdict = (metrics: { [name: string]: unknown }, options?: TextOptions) =>
    lines(text(metrics, options))[0]

  test('of a run that met all', () => {
    const metrics = { llm_ttft: trend([1, 2, 3, 4, 5], { 'p(95)<9': true, 'max>0': true }) }
    expect(verdict(metrics)).toBe('PASS - T: 1 of 1 goals met')
    expect(verdict(metrics, { locale: 'ko' })).toBe('PASS - T: 목표 1개 모두 달성')
    expect(text(metrics)).not.toContain('goal > 0') // a gate is nobody's goal
  })

  test('of a run without thresholds', () => {
    expect(verdict({})).toBe('NONE - T: no thresholds: nothing was judged')
    expect(verdict({}, { locale: 'ko' })).toBe('NONE - T: 임계값이 없어 판정하지 않음')
  })

  test('of a run whose k6 passed what was not measured', () => {
    const metrics = {
      llm_ttft: unused({ 'p(95)<9': true }),
      llm_tpot: trend([1, 2, 3, 4, 20], { 'p(95)<9': true }),
    }
    expect(verdict(metrics)).toBe('PASS - T: 1 of 2 goals met, 1 not measured')
    expect(lines(text(metrics)).slice(5, 8)).toEqual([
      'Nothing was measured (k6 passes such a threshold)',
      '  – TTFT p95  nothing was measured  goal < 9 ms',
      '',
    ])
    expect(verdict(metrics, { locale: 'ko' })).toBe(
      'PASS - T: 목표 2개 중 1개 달성, 1개 측정되지 않음',
    )
  })

  test('of a script that only asks whether anything was measured', () => {
    expect(verdict({ tests_done: counter(3, 1, { 'count>0': true }) })).toBe(
      'PASS - T: 1 of 1 goals met',
    )
    const failed = lines(text({ tests_done: counter(0, 0, { 'count>0': false }) }))
    expect(failed[0]).toBe('FAIL - T: 1 of 1 goals not met')
    expect(failed).toContain('  ✗ tests_done  nothing was measured')
  })

  test('of k6’s machine-readable summary, which has none', () => {
    const data = { version: '1.0.0', config: { duration: 1 }, results: { metrics: [], checks: {} } }
    const made = renderText(toReport(data, { title: 'T', generatedAt: context.generatedAt }))
    expect(lines(made)[0]).toBe('NONE - T: this summary has no verdicts of thresholds')
    expect(made).toContain('Run without --new-machine-readable-summary')
  })
})

describe('goals', () => {
  test('that were missed: nothing measured first, then by how far', () => {
    const made = lines(
      text({
        a: trend([1, 20, 3, 4, 5], { 'p(95)<10': false }),
        b: rate(5, 95, { 'rate<0.01': false }),
        c: rate(5, 5, { 'rate>0.9': false }),
        d: counter(0, 0, { 'count>=10': false }),
        llm_ttft: unused({ 'p(95)<9': true, 'max>0': false }),
      }),
    )
    const names = made.filter((line) => line.startsWith('  ✗')).map((line) => line.split(/ +/)[2])
    expect(names).toEqual(['TTFT', 'd', 'b', 'a', 'c'])
  })

  test('whose gate is on another metric are missed with it, said once', () => {
    const { guideModelSwitch } = slaPresets
    const limits = describeSla({ switchSuccess: 0.9, errorRate: 0.01 })
    const made = toReport(
      run({
        llm_model_switch_failed: rate(0, 0, { 'rate<0.1': true }),
        llm_model_switch_duration: unused({ 'max>0': false }),
        llm_failed: rate(0, 0, { 'rate<0.01': true }),
        llm_requests: counter(0, 0, { 'count>0': false }),
      }),
      { ...context, notes: [], slas: [{ name: guideModelSwitch.name, limits }] },
    )
    expect(lines(renderText(made)).slice(5)).toEqual([
      '',
      'Goals not met',
      '  ✗ failed requests  nothing was measured  goal < 1 %',
      '  ✗ failed switches  nothing was measured  goal < 10 %',
      '',
      'Likely causes',
      '  Nothing was measured:',
      '    - seen in this run: No request came to its end. Look for errors in the',
      '      output of k6, and at BASE_URL, API and MODEL.',
      '',
      'Counts',
      '  requests  0  0/s over the whole run',
    ])
  })

  test('without a recorded value say what to export, and what an Infinity did', () => {
    const metric = trend([1, 2, 3, 4, 20], { 'p(99)<9': true })
    const { 'p(99)': _p99, ...columns } = metric.values
    const made = text({ llm_ttft: { ...metric, values: columns } })
    expect(made).toContain('✓ TTFT p99  not recorded  goal < 9 ms')
    expect(made).toContain('Not recorded: p(99). Add it to summaryTrendStats')
    expect(made).toMatch(/TTFT +1\.00 ms +2\.00 ms +– +4\.00 ms +20/) // no p99 is not 0
    const spoilt = text({ llm_ttft: { ...metric, values: { ...columns, avg: null } } })
    expect(spoilt).toContain('TTFT p99  not a number')
  })

  test('that are judged on an estimate say so', () => {
    const limits = describeSla({ ttft: { p95: 9 } }, { streaming: false, unmeasured: 'estimate' })
    const metrics = { llm_ttft_probe: trend([1, 2, 3, 4, 5], { 'p(95)<9': true, 'max>0': true }) }
    const made = renderText(toReport(run(metrics), { ...context, slas: [{ name: 'x', limits }] }))
    expect(made).toContain('✓ TTFT (estimate) p95  2.00 ms  goal < 9 ms')
    expect(made).toMatch(
      /\nNot measured, estimated instead\n {2}TTFT \(estimate\) p95 < 9 ms\n {4}why: TTFT was not measured/,
    )
    expect(made).not.toContain('\nNot measured\n')
  })

  test('that a variable set say so', () => {
    vi.stubGlobal('__ENV', { TTFT_THRESHOLD: '700' })
    const variables = { 'ttft.p95': 'TTFT_THRESHOLD' }
    const limits = describeSla(guideStreaming, { streaming: true })
    const made = toReport(run({}), {
      ...context,
      slas: [{ name: 'streaming', source: 'guide', variables, limits }],
    })
    expect(lines(renderText(made))[4]).toBe(
      'SLA: streaming (guide; set by the environment: ttft.p95 = TTFT_THRESHOLD)',
    )
    expect(renderText(made, { locale: 'ko' })).toContain('환경 변수로 설정: ttft.p95')
  })
})

test('no line is wider than 80 columns, whatever the names, the numbers and the language', () => {
  const long = 'an_own_metric_with_a_name_that_goes_on_and_on_for_far_more_than_a_line_should'
  const huge: [number, number, number, number, number] = [123456789, 2345678, 3e7, 9e8, 123456789]
  const selector =
    '{sla:ordinary-chat-of-the-whole-house,phase:measure,model:org/llama-3-70b-instruct}'
  const checks = [
    { name: `채팅 응답이 비어 있지 않아야 합니다 ${'확인 '.repeat(40)}`, passes: 1, fails: 2 },
  ]
  const data = run(
    {
      [`llm_request_duration${selector}`]: trend(huge, { 'p(95)<3000': false, 'max>0': true }),
      llm_request_duration: trend(huge),
      [long]: trend(huge, { 'p(99)<1': false }),
      [`${long}_count`]: counter(1e12, 12345.678, { 'count<5': false }),
      llm_failed: rate(1234567, 7654321, { 'rate<0.01': false }),
      ...Object.fromEntries(
        ['timeout', 'reset', 'connect', 'dns', 'tls', 'http_429', 'http_5xx', 'truncated'].map(
          (kind) => [`llm_errors{error_type:${kind}}`, counter(12345678, 1)],
        ),
      ),
      [`llm_ttft${selector}`]: unused({ 'p(95)<2000': true, 'max>0': false }),
      llm_completion_tokens: counter(123456789012, 123456.789),
      llm_requests: counter(123456789, 12345.6),
      vus: gauge(100000),
    },
    { root_group: { name: '', groups: [], checks } },
  )
  const wide: ReportContext = {
    ...context,
    title: `부하 테스트 ${'아주 긴 제목 '.repeat(20)}`,
    notes: [{ label: 'command', text: 'x'.repeat(300) }],
  }
  for (const locale of ['en', 'ko'] as const) {
    for (const width of [80, 100]) {
      const made = renderText(toReport(data, wide), {
        locale,
        width,
        files: [`results/${'y'.repeat(200)}`],
      })
      for (const line of lines(made))
        expect([displayWidth(line) <= width, line]).toEqual([true, line])
      expect(made.replace(/\s/g, '')).toContain(long)
    }
  }
})

describe('the words', () => {
  const shape = (value: unknown): unknown =>
    typeof value === 'string'
      ? [...new Set(value.match(/\{\w+\}/g) ?? [])].sort()
      : Object.fromEntries(
          Object.entries(value as object).map(([key, inner]) => [key, shape(inner)]),
        )

  test('say the same in both languages: keys and blanks', () => {
    const { reasons: _en, ...en } = WORDS.en
    const { reasons: _ko, ...ko } = WORDS.ko
    expect(shape(ko)).toEqual(shape(en))
  })

  test('have Korean for every reason', () => {
    const limits = slas
      .flatMap((sla) => sla.limits)
      .concat(describeSla(guideStreaming, { streaming: false, unmeasured: 'estimate' }))
    const reasons = new Set(
      limits.map((limit) => limit.reason).filter((reason) => reason !== undefined),
    ).add('held') // known after the run only
    expect(Object.keys(WORDS.ko.reasons).sort()).toEqual([...reasons].sort())
  })

  test('have a name for every metric of the library', () => {
    for (const { metrics } of Object.values(WORDS)) {
      const names: { [metric: string]: string | undefined } = metrics
      expect(Object.keys(METRICS).filter((name) => !names[name])).toEqual([])
    }
  })

  test('fill leaves a blank that it has nothing for', () => {
    expect(fill('{a} {b}', { a: 0 })).toBe('0 {b}')
  })
})
