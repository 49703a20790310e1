export type Locale = 'en' | 'ko'

/** Every word of a report. `{name}` is filled in. */
export interface Messages {
  verdict: { pass: string; partly: string; fail: string; none: string; unknown: string }
  ran: string
  users: string
  changedBy: string
  missed: string
  empty: string
  met: string
  nothing: string
  notRecorded: string
  invalid: string
  goal: string
  unmeasured: string
  estimated: string
  unjudged: string
  wholeRun: string
  peak: string
  why: string
  fix: string
  latency: string
  distributions: string
  count: string
  counts: string
  checks: string
  checksFailed: string
  notes: string
  files: string
  span: { h: string; m: string; s: string }
  /** With the space before it, where the language has one. */
  units: { [unit: string]: string }
  warnings: { [warning: string]: string }
  /** By reason; the record's own text where there is none. */
  reasons: { [reason: string]: { why: string; fix: string } }
  /** Heading of the findings, and each by its kind. */
  findings: string
  finding: { [kind: string]: { what: string; fix: string } }
  /** The second line, by its reason, and what helps. `certificate`: errors that were measured. */
  validity: {
    reasons: { [kind: string]: string }
    fixes: { [kind: string]: string }
    certificate: string
    uncertified: string
  }
  /** Model switches. */
  switches: {
    title: string
    counts: string
    cold: string
    estimate: string
    fromTo: string
    failed: string
  }
  /** Heading of the likely causes, and what stands before one that the run itself shows. */
  advice: string
  seen: string
  /** What only the formats for reading apart from the terminal say. */
  page: {
    report: string
    environment: string
    date: string
    duration: string
    load: string
    validity: string
    judgedBy: string
    streamed: string
    whole: string
    transport: string
    versions: string
    results: string
    goal: string
    value: string
    figures: string
    metric: string
    figure: string
    failures: string
    kind: string
    share: string
    allMet: string
    noneMissed: string
    curves: string
    percentile: string
    notToScale: string
    limit: string
    noScript: string
    points: string
    recommendations: string
  }
  metrics: { [metric: string]: string }
}

/** The reports' texts by language. */
export const MESSAGES: { readonly [L in Locale]: Messages } = {
  en: {
    verdict: {
      pass: 'PASS - {title}: {n} of {n} goals met',
      partly: 'PASS - {title}: {k} of {n} goals met, {e} not measured',
      fail: 'FAIL - {title}: {m} of {n} goals not met',
      none: 'NONE - {title}: no thresholds: nothing was judged',
      unknown: 'NONE - {title}: this summary has no verdicts of thresholds',
    },
    ran: 'ran {span}',
    users: 'peak users {n}',
    changedBy: 'set by the environment: {list}',
    missed: 'Goals not met',
    empty: 'Nothing was measured (k6 passes such a threshold)',
    met: 'Goals met',
    nothing: 'nothing was measured',
    notRecorded: 'not recorded',
    invalid: 'not a number',
    goal: 'goal',
    unmeasured: 'Not measured',
    estimated: 'Not measured, estimated instead',
    unjudged: 'Reported, not judged',
    wholeRun: 'over the whole run',
    peak: 'peak',
    why: 'why:',
    fix: 'fix:',
    latency: 'Latency',
    distributions: 'Per request',
    count: 'count',
    counts: 'Counts',
    checks: 'Checks: {passed} of {total} passed',
    checksFailed: '{fails} of {total} failed',
    notes: 'Notes',
    files: 'Written:',
    span: { h: 'h', m: 'm', s: 's' },
    units: {
      '/s': '/s',
      'requests/s': ' requests/s',
      'tokens/min': ' tokens/min',
      users: ' users',
    },
    warnings: {
      columns:
        'Not recorded: {list}. Add it to summaryTrendStats in the options of the ' +
        "script; k6's default has no p(99).",
      'machine-readable':
        'This is the machine-readable summary of k6. It has neither the verdicts of ' +
        'thresholds nor p(99): the exit code of k6 is right, this report cannot repeat ' +
        'it. Run without --new-machine-readable-summary and ' +
        'K6_NEW_MACHINE_READABLE_SUMMARY.',
    },
    reasons: {}, // the record has them in English
    findings: 'Findings',
    finding: {
      buffered: {
        what:
          '{n} of {total} streams came all at once at their end: a proxy or gateway holds the ' +
          'answer back. TTFT and token pace are then not those of the model.',
        fix:
          'let it stream: nginx proxy_buffering off, or X-Accel-Buffering: no from the server; ' +
          'no gzip on the stream; a gateway must pass on chunks, not await the body.',
      },
      truncated: {
        what: '{n} of {total} streams ended without a finish reason: the answer is cut off.',
        fix: 'look for an error in the log of the server at that time, and for idle timeouts.',
      },
      stalls: {
        what: '{n} gaps between tokens were longer than stallLimit.',
        fix: 'look for preemption, swapping or a full batch on the server.',
      },
      coalesced: {
        what: '{ratio} tokens came with an event on average: gaps are between events, not tokens.',
        fix: 'compare token pace by TPOT, which counts tokens.',
      },
      dropped: {
        what:
          '{n} iterations were not started: no user was free in time, or maxDuration cut them off. ' +
          'The load was less than asked.',
        fix: 'raise preAllocatedVUs and maxVUs (or maxDuration), or ask for a lower rate.',
      },
    },
    validity: {
      reasons: {
        lag: 'client lag p99 {value}, limit {limit}',
        late: 'requests began late, p99 {value}, limit {limit}: the load was not the one asked for',
        dropped: '{n} of {total} iterations were dropped ({value}), limit {limit}',
        unfinished:
          '{n} of {total} iterations were cut off or never started ({value}), limit {limit}',
        buffered:
          '{n} of {total} streams came all at once ({value}), limit {limit}: TTFT is not the ' +
          "server's",
        nothing: 'no request was sent',
        unwatched: 'validity not watched: add clientLagScenario',
        column: 'validity not known: summaryTrendStats has no p(99) for the client lag',
      },
      fixes: {
        lag: 'fix: fewer users on this machine, a larger one, or nothing else beside k6 on it.',
        late: 'fix: a longer expectedDuration or more VUs, or a lower rate.',
        unfinished: 'fix: a longer gracefulStop or maxDuration, more users, or a lower rate.',
        nothing: 'fix: look for errors in the output of k6.',
      },
      certificate:
        'certificate of {date}: p99 error of TTFT and gaps under {limit} up to {streams} streams ' +
        'of {rate} tokens/s',
      uncertified: 'certificate of {date}: p99 error of TTFT and gaps over {limit} at any load',
    },
    switches: {
      title: 'Model switches',
      counts: '{total} switches, {failed} failed, {rate} in a minute',
      cold: 'first answer after a switch {cold}, the next {warm}: {ratio} times as long',
      estimate: 'whole one-token requests: stock k6 does not see tokens arrive',
      fromTo: 'from → to',
      failed: 'failed',
    },
    advice: 'Likely causes',
    seen: 'seen in this run',
    page: {
      report: 'performance test report',
      environment: 'Environment',
      date: 'Date',
      duration: 'Duration',
      load: 'Load',
      validity: 'Validity',
      judgedBy: 'Judged by',
      streamed: 'tokens were seen arriving (streaming transport)',
      whole: "whole answers only (k6's own HTTP)",
      transport: 'Transport',
      versions: 'Versions',
      results: 'Results',
      goal: 'Goal',
      value: 'Measured',
      figures: 'Figures',
      metric: 'Metric',
      figure: 'Figure',
      failures: 'Failures by kind',
      kind: 'Kind',
      share: 'Share of requests',
      allMet: 'None was met.',
      noneMissed: 'Nothing to improve: no goal was missed.',
      curves: 'Percentiles',
      percentile: 'percentile',
      notToScale:
        'The steps between percentiles are not to scale. One without a sample above it is left out.',
      limit: 'Limit',
      noScript: 'Charts need JavaScript. Their figures are in the tables.',
      points: 'Figures of the chart',
      recommendations: 'Recommendations',
    },
    metrics: {
      llm_requests: 'requests',
      llm_failed: 'failed requests',
      llm_available: 'availability',
      llm_errors: 'errors',
      llm_request_duration: 'request duration',
      llm_response_headers: 'response headers',
      llm_ttft: 'TTFT',
      llm_ttfo: 'TTFO',
      llm_ttft_probe: 'TTFT (estimate)',
      llm_tpot: 'TPOT',
      llm_tokens_per_second: 'tokens/s',
      llm_gap_max: 'longest gap',
      llm_itl: 'inter-token gap',
      llm_prompt_tokens: 'prompt tokens',
      llm_completion_tokens: 'completion tokens',
      llm_cached_tokens: 'cached prompt tokens',
      llm_chunks_per_request: 'chunks',
      llm_goodput: 'goodput',
      llm_slo_ttft: 'within slo.ttft',
      llm_slo_tpot: 'within slo.tpot',
      llm_slo_e2el: 'within slo.e2el',
      llm_stalls: 'stalls',
      llm_truncated: 'truncated streams',
      llm_buffered: 'buffered streams',
      llm_retries: 'retries',
      llm_abandoned: 'abandoned requests',
      llm_connect: 'connection set-up',
      llm_relay_overhead: 'way through the relay',
      llm_arrival_lag: 'arrival lag',
      llm_response_time: 'response time',
      llm_client_lag: 'client lag',
      llm_model_switch_duration: 'model switch',
      llm_model_switch_failed: 'failed switches',
      llm_model_cold_ttft: 'cold TTFT',
      llm_model_warm_ttft: 'warm TTFT',
      llm_server_running: 'server: running',
      llm_server_waiting: 'server: waiting',
      llm_server_kv_cache: 'server: KV cache',
      llm_server_gpu_memory: 'server: GPU memory',
      http_req_duration: 'HTTP duration',
      http_req_failed: 'failed HTTP requests',
      http_reqs: 'HTTP requests',
      iterations: 'iterations',
      dropped_iterations: 'dropped iterations',
      checks: 'checks',
      vus: 'users at the time',
    },
  },

  ko: {
    verdict: {
      pass: 'PASS - {title}: 목표 {n}개 모두 달성',
      partly: 'PASS - {title}: 목표 {n}개 중 {k}개 달성, {e}개 측정되지 않음',
      fail: 'FAIL - {title}: 목표 {n}개 중 {m}개 미달',
      none: 'NONE - {title}: 임계값이 없어 판정하지 않음',
      unknown: 'NONE - {title}: 이 요약에는 임계값 판정이 없음',
    },
    ran: '실행 시간 {span}',
    users: '최대 동시 사용자 {n}명',
    changedBy: '환경 변수로 설정: {list}',
    missed: '미달 목표',
    empty: '측정되지 않음 (k6는 이런 임계값을 통과로 처리함)',
    met: '달성 목표',
    nothing: '측정값 없음',
    notRecorded: '기록되지 않음',
    invalid: '숫자가 아님',
    goal: '목표',
    unmeasured: '측정하지 못한 항목',
    estimated: '측정하지 못해 추정한 항목',
    unjudged: '판정 없이 참고만 하는 항목',
    wholeRun: '전체 실행 기준',
    peak: '최대',
    why: '이유:',
    fix: '방법:',
    latency: '지연 시간',
    distributions: '요청별 분포',
    count: '건수',
    counts: '집계',
    checks: '체크: {total}건 중 {passed}건 통과',
    checksFailed: '{total}건 중 {fails}건 실패',
    notes: '비고',
    files: '저장된 파일:',
    span: { h: '시간', m: '분', s: '초' },
    units: { '/s': '/초', 'requests/s': '건/초', 'tokens/min': '토큰/분', users: '명' },
    warnings: {
      columns:
        '기록되지 않은 통계: {list}. 스크립트 options의 summaryTrendStats에 추가하세요. ' +
        'k6 기본 설정에는 p(99)가 없습니다.',
      'machine-readable':
        'k6의 기계 판독용 요약 형식입니다. 임계값 판정과 p(99)가 들어 있지 않아 이 ' +
        '보고서는 판정을 옮길 수 없습니다. k6의 종료 코드는 정확합니다. ' +
        '--new-machine-readable-summary 옵션과 K6_NEW_MACHINE_READABLE_SUMMARY ' +
        '변수 없이 실행하세요.',
    },
    reasons: {
      buffered: {
        why:
          '기본 k6의 http는 응답 전체가 도착한 뒤에야 값을 돌려주므로 토큰이 도착한 ' +
          '시각을 알 수 없습니다. llm_ttft_probe는 TTFT의 추정값입니다',
        fix: 'k6/x/sse가 포함된 k6로 스크립트의 xk6-sse 버전(examples/xk6-sse)을 실행하세요',
      },
      probe: {
        why:
          '기본 k6의 http로는 토큰 도착을 볼 수 없어, 한 토큰 요청의 전체 시간 ' +
          '(llm_ttft_probe)으로 추정한 값입니다',
        fix: 'k6/x/sse가 포함된 k6로 스크립트의 xk6-sse 버전(examples/xk6-sse)을 실행하세요',
      },
      'whole-run': {
        why: 'k6는 준비, 부하 증가, 워밍업 시간까지 포함한 전체 실행 시간으로 나눕니다',
        fix: "toThresholds의 window 옵션에 측정 구간의 길이를 '2m'처럼 지정하세요",
      },
      load: {
        why: '측정 결과가 아니라 부하의 조건입니다',
        fix: '그 수 이상의 사용자로 구성된 프로필을 실행하세요',
      },
    },
    findings: '확인이 필요한 점',
    finding: {
      buffered: {
        what:
          '스트림 {total}건 중 {n}건이 끝에 한꺼번에 도착했습니다. 프록시나 게이트웨이가 응답을 ' +
          '모아 두고 있어, TTFT와 토큰 속도가 모델의 값이 아닙니다.',
        fix:
          'nginx는 proxy_buffering off 또는 서버의 X-Accel-Buffering: no 를 설정하고, 스트림에는 ' +
          'gzip을 쓰지 마세요. 게이트웨이는 본문을 기다리지 말고 청크를 그대로 전달해야 합니다.',
      },
      truncated: {
        what: '스트림 {total}건 중 {n}건이 finish reason 없이 끝났습니다. 응답이 잘렸습니다.',
        fix: '그 시각의 서버 로그와 유휴 타임아웃 설정을 확인하세요.',
      },
      stalls: {
        what: '토큰 간격이 stallLimit를 넘은 경우가 {n}번 있었습니다.',
        fix: '서버의 선점(preemption), 스왑, 배치 포화를 확인하세요.',
      },
      coalesced: {
        what: '이벤트 하나에 평균 {ratio}개의 토큰이 왔습니다. 간격은 토큰이 아니라 이벤트 사이의 값입니다.',
        fix: '토큰 속도는 토큰 수로 계산하는 TPOT로 비교하세요.',
      },
      dropped: {
        what: '비어 있는 사용자가 없거나 maxDuration에 걸려 반복 {n}건이 시작되지 못했습니다. 요청한 것보다 부하가 작았습니다.',
        fix: 'preAllocatedVUs와 maxVUs(또는 maxDuration)를 늘리거나 요청률을 낮추세요.',
      },
    },
    validity: {
      reasons: {
        lag: '부하 생성기 지연 p99 {value}, 한도 {limit}',
        late: '요청이 늦게 시작됨, p99 {value}, 한도 {limit}: 요청한 부하가 아님',
        dropped: '반복 {total}건 중 {n}건 누락 ({value}), 한도 {limit}',
        unfinished: '반복 {total}건 중 {n}건이 중단되었거나 시작되지 않음 ({value}), 한도 {limit}',
        buffered:
          '스트림 {total}건 중 {n}건이 한꺼번에 도착 ({value}), 한도 {limit}: TTFT가 서버의 값이 아님',
        nothing: '보낸 요청이 없음',
        unwatched: '유효성 미확인: clientLagScenario를 추가하세요',
        column: '유효성 미확인: summaryTrendStats에 부하 생성기 지연의 p(99)가 없음',
      },
      fixes: {
        lag: '방법: 이 장비의 사용자 수를 줄이거나, 더 큰 장비 또는 k6 전용 장비에서 실행하세요.',
        late: '방법: expectedDuration이나 VU를 늘리거나 요청률을 낮추세요.',
        unfinished:
          '방법: gracefulStop이나 maxDuration을 늘리거나, 사용자를 늘리거나, 요청률을 낮추세요.',
        nothing: '방법: k6 출력의 오류를 확인하세요.',
      },
      certificate:
        '{date} 인증서: 스트림 {streams}개 × 초당 {rate}토큰까지 TTFT와 간격의 p99 오차 {limit} 미만',
      uncertified: '{date} 인증서: 어떤 부하에서도 TTFT와 간격의 p99 오차가 {limit} 이상',
    },
    switches: {
      title: '모델 전환',
      counts: '전환 {total}회, 실패 {failed}회, 분당 {rate}회',
      cold: '전환 후 첫 응답 {cold}, 다음 응답 {warm}: {ratio}배',
      estimate: '한 토큰 요청의 전체 시간: 기본 k6는 토큰 도착을 볼 수 없음',
      fromTo: '이전 → 이후',
      failed: '실패',
    },
    advice: '예상 원인',
    seen: '이번 실행에서 확인됨',
    page: {
      report: '성능 테스트 보고서',
      environment: '테스트 환경 정보',
      date: '실행 날짜',
      duration: '실행 시간',
      load: '부하',
      validity: '유효성',
      judgedBy: '판정 기준',
      streamed: '토큰 도착을 관찰함(스트리밍 전송)',
      whole: '전체 응답만 관찰함(k6 기본 HTTP)',
      transport: '전송 방식',
      versions: '버전',
      results: '성능 결과 요약',
      goal: '목표',
      value: '측정값',
      figures: '상세 수치',
      metric: '항목',
      figure: '값',
      failures: '종류별 실패',
      kind: '종류',
      share: '요청 대비 비율',
      allMet: '달성한 목표가 없습니다.',
      noneMissed: '미달한 목표가 없습니다.',
      curves: '백분위 분포',
      percentile: '백분위',
      notToScale:
        '백분위 사이의 간격은 비율과 무관합니다. 그보다 큰 값이 없는 백분위는 표시하지 않습니다.',
      limit: '기준',
      noScript: '차트를 보려면 JavaScript가 필요합니다. 값은 표에 있습니다.',
      points: '차트의 값',
      recommendations: '권장 최적화 방안',
    },
    metrics: {
      llm_requests: '요청 수',
      llm_failed: '실패율',
      llm_available: '가용성',
      llm_errors: '오류 수',
      llm_request_duration: '응답 시간',
      llm_response_headers: '응답 헤더 수신',
      llm_ttft: 'TTFT',
      llm_ttfo: 'TTFO',
      llm_ttft_probe: 'TTFT(추정)',
      llm_tpot: 'TPOT',
      llm_tokens_per_second: '초당 토큰',
      llm_gap_max: '최장 토큰 간격',
      llm_itl: '토큰 간격',
      llm_prompt_tokens: '입력 토큰',
      llm_completion_tokens: '출력 토큰',
      llm_cached_tokens: '캐시된 입력 토큰',
      llm_chunks_per_request: '청크 수',
      llm_goodput: 'Goodput',
      llm_slo_ttft: 'slo.ttft 충족률',
      llm_slo_tpot: 'slo.tpot 충족률',
      llm_slo_e2el: 'slo.e2el 충족률',
      llm_stalls: '스트림 멈춤',
      llm_truncated: '중단된 스트림',
      llm_buffered: '버퍼링된 스트림',
      llm_retries: '재시도',
      llm_abandoned: '사용자가 떠난 요청',
      llm_connect: '연결 수립',
      llm_relay_overhead: '릴레이 경유 시간',
      llm_arrival_lag: '도착 지연',
      llm_response_time: '도착부터 응답까지',
      llm_client_lag: '부하 생성기 지연',
      llm_model_switch_duration: '모델 전환 시간',
      llm_model_switch_failed: '모델 전환 실패율',
      llm_model_cold_ttft: '콜드 TTFT',
      llm_model_warm_ttft: '웜 TTFT',
      llm_server_running: '서버: 실행 중 요청',
      llm_server_waiting: '서버: 대기 중 요청',
      llm_server_kv_cache: '서버: KV 캐시',
      llm_server_gpu_memory: '서버: GPU 메모리',
      http_req_duration: 'HTTP 응답 시간',
      http_req_failed: 'HTTP 실패율',
      http_reqs: 'HTTP 요청 수',
      iterations: '반복 횟수',
      dropped_iterations: '누락된 반복',
      checks: '체크 통과율',
      vus: '동시 사용자',
    },
  },
}

/** Fills `{name}` in a text. */
export function fill(text: string, values: { [name: string]: string | number }): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    values[name] === undefined ? all : String(values[name]),
  )
}
