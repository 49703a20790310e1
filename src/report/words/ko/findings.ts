import type { LimitReason } from '../../../sla/limits.ts'
import type { Words } from '../en.ts'

export const findings: Words['findings'] = {
  title: '확인이 필요한 점',
  kinds: {
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
    cut: {
      what:
        '요청 {total}건 중 {n}건({share})이 끝나기 전에 끊겼습니다. 대개 가장 느린 요청이며, 어떤 시간이나 ' +
        '비율에도 들어 있지 않습니다.',
      fix:
        'gracefulStop(ramping-vus는 gracefulRampDown도)을 응답 시간보다 길게 하세요. 끝까지 온 요청 중 가장 ' +
        '긴 것은 {longest}입니다.',
    },
    underWay: {
      what:
        '실행이 중단될 때 요청 {total}건 중 {n}건({share})이 진행 중이었습니다. 어떤 시간이나 비율에도 들어 ' +
        '있지 않습니다.',
      fix: '이 실행의 값을 끝까지 마친 실행과 비교하지 마세요.',
    },
  },
}

const RELAY_FIX =
  '방법: 이 장비에서 다른 작업을 없애거나, k6-llm relay --workers 를 2 이상으로 하거나, 사용자 수를 줄이세요.'

export const validity: Words['validity'] = {
  watched: {
    lag: '부하 생성기 지연 p99 {value}, 한도 {limit}',
    relay: '릴레이 지연 p99 {value}, 한도 {limit}',
  },
  reasons: {
    lag: '부하 생성기 지연 p99 {value}, 한도 {limit}',
    relay: '릴레이가 병목: 토큰의 도착을 늦게 기록함, p99 {value}, 한도 {limit}',
    overhead: '릴레이가 병목: 릴레이를 거치는 데 걸린 시간 p99 {value}, 한도 {limit}',
    together:
      '사용자 {n}명이 동시에 시작: 헤더나 첫 토큰이 중앙값 {value} 늦게 읽힘, 한도 {limit}. ' +
      '이 대기는 TTFT에 들어 있으며 모델의 시간이 아님',
    gone: '릴레이가 없거나 거부함: 요청 {total}건 중 {n}건 실패 ({value}), 한도 {limit}',
    late: '요청이 늦게 시작됨, p99 {value}, 한도 {limit}: 요청한 부하가 아님',
    dropped: '반복 {total}건 중 {n}건 누락 ({value}), 한도 {limit}',
    unfinished: '반복 {total}건 중 {n}건이 중단되었거나 시작되지 않음 ({value}), 한도 {limit}',
    cut: '요청 {total}건 중 {n}건이 끝나기 전에 끊김 ({value}), 한도 {limit} 미만',
    underWay: '중단될 때 요청 {total}건 중 {n}건이 진행 중이었음 ({value}), 한도 {limit} 미만',
    buffered:
      '스트림 {total}건 중 {n}건이 한꺼번에 도착 ({value}), 한도 {limit}: TTFT가 서버의 값이 아님',
    nothing: '보낸 요청이 없음',
    unwatched: '유효성 미확인: clientLagScenario를 추가하세요',
    column: '유효성 미확인: summaryTrendStats에 부하 생성기나 릴레이 지연의 p(99)가 없음',
  },
  fixes: {
    lag: '방법: 이 장비의 사용자 수를 줄이거나, 더 큰 장비 또는 k6 전용 장비에서 실행하세요.',
    relay: RELAY_FIX,
    overhead: RELAY_FIX,
    together: '방법: START_SPREAD를 빼거나 늘리고, 사용자를 서서히 늘리거나, 릴레이를 사용하세요.',
    gone: '방법: 릴레이가 끝까지 실행되고 이 주소를 허용하는지 확인하세요(k6-llm run이 릴레이를 시작합니다).',
    late: '방법: expectedDuration이나 VU를 늘리거나 요청률을 낮추세요.',
    unfinished:
      '방법: gracefulStop이나 maxDuration을 늘리거나, 사용자를 늘리거나, 요청률을 낮추세요.',
    cut: '방법: gracefulStop을 응답 시간보다 길게 하세요(확인이 필요한 점 참고).',
    nothing: '방법: k6 출력의 오류를 확인하세요.',
  },
  certificate:
    '{date} 인증서, {way}: 시작을 흩뜨리면 스트림 {streams}개, 동시에 시작하면 {together}개까지(초당 {rate}토큰) ' +
    'TTFT와 간격의 p99 오차 {limit} 미만',
  certifiedSpread:
    '{date} 인증서, {way}: 시작을 흩뜨리면 스트림 {streams}개까지(초당 {rate}토큰) TTFT와 간격의 p99 오차 {limit} 미만',
  uncertified: '{date} 인증서, {way}: 어떤 부하에서도 TTFT와 간격의 p99 오차가 {limit} 이상',
}

/** What makes tokens visible on any k6. */
const STREAM =
  'k6-llm run으로 실행하거나, k6-llm relay를 켜고 -e LLM_RELAY=http://127.0.0.1:9470 을 지정하세요. ' +
  '어떤 k6에서든 토큰의 도착이 보입니다(docs/streaming.md)'

/** Every one, though the table of English has none. */
export const reasons: { readonly [R in LimitReason]: { why: string; fix: string } } = {
  buffered: {
    why:
      '기본 k6의 http는 응답 전체가 도착한 뒤에야 값을 돌려주므로 토큰이 도착한 ' +
      '시각을 알 수 없습니다. llm_ttft_probe는 TTFT의 추정값입니다',
    fix: STREAM,
  },
  held: {
    why:
      '프록시가 스트림을 모아 두어 모든 토큰이 끝에 한꺼번에 도착했습니다. 토큰 속도가 모델의 값이 ' +
      '아닙니다',
    fix: 'nginx는 proxy_buffering off로 설정하고, gzip을 끄고, 게이트웨이는 청크를 받는 대로 전달하게 하세요',
  },
  probe: {
    why:
      '기본 k6의 http로는 토큰 도착을 볼 수 없어, 한 토큰 요청의 전체 시간 ' +
      '(llm_ttft_probe)으로 추정한 값입니다',
    fix: STREAM,
  },
  'whole-run': {
    why: 'k6는 준비, 부하 증가, 워밍업 시간까지 포함한 전체 실행 시간으로 나눕니다',
    fix: "toThresholds의 window 옵션에 측정 구간의 길이를 '2m'처럼 지정하세요",
  },
  load: {
    why: '측정 결과가 아니라 부하의 조건입니다',
    fix: '그 수 이상의 사용자로 구성된 프로필을 실행하세요',
  },
}
