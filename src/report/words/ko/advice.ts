import type { Words } from '../en.ts'

export const advice: Words['advice'] = {
  title: '예상 원인',
  seen: '이번 실행에서 확인됨',
  symptoms: {
    unmeasured: '측정값이 없음',
    errors: '요청 실패',
    ttft: '첫 토큰이 늦음',
    tpot: '토큰이 느리거나 고르지 않음',
    duration: '응답이 오래 걸림',
    goodput: '기준을 충족한 요청이 적음',
    throughput: '처리량 부족',
    switch: '모델 전환',
    api: 'API 호출이 느림',
    generator: '부하 생성기',
  },
  causes: {
    'no-extension': {
      cause: '기본 k6의 HTTP로는 토큰이 도착하는 것을 볼 수 없습니다.',
      remedy:
        '릴레이를 시작해 주는 k6-llm run으로 실행하거나, 실행 중인 릴레이(k6-llm relay)를 -e LLM_RELAY=http://127.0.0.1:9470 으로 지정하세요.',
    },
    'no-request': {
      cause: '끝까지 처리된 요청이 없습니다.',
      remedy: 'k6 출력의 오류와 BASE_URL, API, MODEL 값을 확인하세요.',
    },
    'all-failed': {
      cause: '모든 요청이 실패했습니다. 시간은 성공한 요청에서만 측정됩니다.',
      remedy:
        '종류별 실패를 확인하세요. k6-llm doctor 주소 는 한 번 요청해 서버의 응답을 보여 줍니다.',
    },
    'held-back': {
      cause: '프록시가 스트림을 모아 두었습니다. 한꺼번에 온 토큰의 속도는 프록시의 값입니다.',
      remedy:
        'nginx는 proxy_buffering off로 설정하고, 스트림에는 gzip을 쓰지 말고, 청크를 받는 대로 전달하세요.',
    },
    'no-usage': {
      cause: '서버가 토큰 수를 알려 주지 않아 TPOT를 계산할 수 없습니다.',
      remedy: '스트림에 usage를 보내도록 설정하세요(stream_options.include_usage).',
    },
    'no-tag': {
      cause: '목표에 지정된 태그를 가진 측정값이 없습니다.',
      remedy: '목표의 태그와 클라이언트 및 요청의 태그를 비교하세요.',
    },
    'rate-limit': {
      cause: '서버가 요청을 거부했습니다(HTTP 429).',
      remedy: '테스트 동안 게이트웨이의 제한이나 대기열을 늘리거나 요청률을 낮추세요.',
    },
    timeout: {
      cause: '응답이 클라이언트의 타임아웃보다 오래 걸렸습니다.',
      remedy:
        '대기(TTFT)와 생성(TPOT) 중 어디에 시간이 걸리는지 확인하세요. 사용자가 그만큼 기다릴 수 있을 때만 timeout을 늘리세요.',
    },
    abandoned: {
      cause: '아무것도 오기 전에 사용자가 떠났습니다(patience).',
      remedy: '시간이 어디에 걸리는지 확인하세요: 대기(TTFT), 배치 포화, 모델 로딩.',
    },
    connect: {
      cause: '연결이 거부되었거나 서버에 도달할 수 없습니다.',
      remedy:
        '서버가 이 주소와 포트에서 실행 중인지, 테스트 중에 재시작되지 않았는지 확인하고 listen backlog와 열린 파일 수 제한을 점검하세요.',
    },
    dns: {
      cause: '서버의 이름을 여기서는 찾을 수 없습니다.',
      remedy: 'BASE_URL의 이름을 확인하세요. 컨테이너 이름은 그 네트워크 안에서만 알려져 있습니다.',
    },
    tls: {
      cause: '인증서가 받아들여지지 않았거나 이 포트는 TLS를 쓰지 않습니다.',
      remedy:
        'https://와 포트를 확인하세요. 자체 테스트라면 insecureSkipTLSVerify를 쓸 수 있습니다.',
    },
    reset: {
      cause: '연결이 끊어졌습니다.',
      remedy:
        '테스트 중에 서버가 재시작되지 않았는지 확인하고 열린 파일 수 제한과 프록시의 유휴 타임아웃을 점검하세요.',
    },
    relay: {
      cause: '릴레이가 없거나 이 주소로의 전달을 거부했습니다.',
      remedy:
        'k6가 끝날 때까지 릴레이가 실행되는지, 이 주소를 --allow로 허용했는지 확인하세요. k6-llm run은 둘 다 알아서 합니다.',
    },
    'server-error': {
      cause: '서버나 게이트웨이가 자체 오류로 응답했습니다(HTTP 5xx).',
      remedy: '그 시각의 로그를 확인하세요. 502와 504는 앞단 프록시의 오류입니다.',
    },
    'out-of-memory': {
      cause: 'GPU 메모리가 부족합니다.',
      remedy:
        '--gpu-memory-utilization, --max-num-seqs, --max-model-len을 낮추거나 더 작은 모델 또는 양자화된 모델을 사용하세요.',
    },
    'client-error': {
      cause: '서버가 요청을 거부했습니다(HTTP 4xx): 경로, 모델 이름, 토큰 또는 요청 내용.',
      remedy:
        'k6-llm doctor 주소 는 한 번 요청해 이유를 보여 줍니다. 릴레이(k6-llm run)로 실행하면 보고서에 서버의 메시지가 나옵니다.',
    },
    redirect: {
      cause: '서버가 다른 주소로 보냅니다(HTTP 3xx). 따라가지 않습니다.',
      remedy: '서버가 알려 주는 주소를 지정하세요.',
    },
    unreadable: {
      cause: '이 API의 응답이 아닌 것이 왔습니다: 웹 페이지, 다른 형식, 또는 HTTP 200 뒤의 오류.',
      remedy:
        'API와 BASE_URL을 확인하세요. k6-llm doctor 주소 는 한 번 요청해 무엇이 오는지 보여 줍니다.',
    },
    truncated: {
      cause: '응답이 끝나기 전에 스트림이 끊겼습니다.',
      remedy: '프록시의 유휴 및 전체 타임아웃과 서버 재시작 여부를 확인하세요.',
    },
    'stream-error': {
      cause: '정상으로 시작한 스트림 안에서 서버가 오류를 보냈습니다.',
      remedy: '서버 로그를 확인하세요. 메모리 부족이나 엔진 중단이 기록되어 있습니다.',
    },
    'too-large': {
      cause: '응답이 보관할 수 있는 크기보다 큽니다.',
      remedy: 'max_tokens를 제한하거나 릴레이의 --max-answer를 늘리세요.',
    },
    'other-http': {
      cause: '채팅 클라이언트 밖의 HTTP 요청이 실패했습니다: 로그인, 관리 API, 모니터.',
      remedy: '스크립트의 체크에서 어느 것인지 확인하세요. http_req_failed에는 모두 들어 있습니다.',
    },
    checks: {
      cause: '스크립트의 체크가 실패했습니다.',
      remedy: '실패한 체크는 아래 수치와 함께 나옵니다.',
    },
    uncounted: {
      cause: '실패를 종류별로 세지 않아 이유를 알 수 없습니다.',
      remedy: 'toThresholds는 종류별로 셉니다. 아니면 errorKindThresholds를 임계값에 합치세요.',
    },
    queue: {
      cause: '요청이 배치에 들어가기를 기다립니다.',
      remedy:
        '동시 요청을 줄이거나, 메모리가 허용하면 --max-num-seqs를 늘리거나, 복제본을 추가하세요. createServerMonitor를 추가하면 서버의 대기 요청 수를 볼 수 있습니다.',
    },
    'long-prompt': {
      cause: '프롬프트가 길어 첫 토큰 전의 처리(prefill)가 오래 걸립니다.',
      remedy:
        '프롬프트를 줄이고, 앞부분이 같다면 prefix caching을 켜고, 테스트의 길이가 실제 사용자와 같은지 확인하세요.',
    },
    cold: {
      cause: '모델을 불러오는 중이었거나, 처음 몇 요청에서 컴파일과 캐시 준비가 이루어졌습니다.',
      remedy: '모델을 메모리에 유지하고(Ollama: keep_alive) 측정 전에 워밍업하세요.',
    },
    buffered: {
      cause: '프록시나 게이트웨이가 스트림을 모아 두고 있습니다.',
      remedy:
        'nginx는 proxy_buffering off로 설정하고, 스트림에는 gzip을 쓰지 말고, 청크를 받는 대로 전달하세요.',
    },
    connection: {
      cause: '연결을 맺는 데 시간의 상당 부분이 걸립니다.',
      remedy:
        'k6/x/sse는 스트림마다 새로 연결하지만, 릴레이(k6-llm run)는 클라이언트처럼 연결을 유지합니다. llm_connect와 비교하거나 서버에 더 가까운 곳에서 측정하세요.',
    },
    thinking: {
      cause: '모델이 답하기 전에 추론합니다(TTFT가 아니라 첫 출력까지의 시간).',
      remedy: '추론 강도를 제한하거나 추론 과정을 사용자에게 보여 주세요.',
    },
    batch: {
      cause: '한 배치에 요청이 많아 각 단계가 느려집니다.',
      remedy:
        '처리량을 줄이고 토큰 속도를 높이려면 --max-num-seqs를 낮추고, 아니면 GPU나 복제본을 늘려 부하를 나누세요.',
    },
    'cache-full': {
      cause: 'KV 캐시가 가득 차 요청이 선점되고 다시 계산됩니다.',
      remedy:
        '--gpu-memory-utilization을 높이거나 --max-model-len, --max-num-seqs를 낮추거나 캐시를 양자화하세요.',
    },
    'prefill-mix': {
      cause: '다른 요청의 긴 프롬프트가 생성을 중단시킵니다.',
      remedy: 'chunked prefill을 사용하고 --max-num-batched-tokens를 줄이세요.',
    },
    'slow-model': {
      cause: '이 하드웨어에서 모델이 낼 수 있는 속도의 한계입니다.',
      remedy:
        '양자화, 텐서 병렬, speculative decoding을 사용하거나 더 작은 모델을 쓰세요. 사용자 한 명일 때의 값이 하한입니다.',
    },
    'long-answer': {
      cause: '응답이 목표에 비해 깁니다: 응답 시간 = TTFT + (토큰 수 − 1) × TPOT.',
      remedy: 'max_tokens를 제한하거나, 길이와 무관한 TTFT와 TPOT에 목표를 두세요.',
    },
    'short-answer': {
      cause: '응답이 짧아 토큰이 적습니다.',
      remedy: '테스트의 max_tokens와 프롬프트를 확인하세요.',
    },
    'few-users': {
      cause:
        '사용자는 응답을 받은 뒤에야 다시 요청합니다: n명이면 최대 초당 n / 응답 시간 건입니다.',
      remedy:
        '사용자를 늘리거나, 서버의 한계를 알아보려면 요청률 시나리오(constant-arrival-rate)를 사용하세요.',
    },
    errors: {
      cause: '실패한 요청은 기준을 충족한 요청에 포함되지 않습니다.',
      remedy: '먼저 종류별 실패를 확인하세요.',
    },
    'load-failed': {
      cause: '새 모델을 불러오지 못했습니다: 모델 이름, 메모리 또는 MODEL_SWITCH_TIMEOUT.',
      remedy: 'k6 출력에서 전환 오류를, 서버에서 로그를 확인하세요.',
    },
    'slow-disk': {
      cause: '가중치를 느린 디스크나 네트워크에서 읽습니다.',
      remedy:
        '로컬 디스크나 페이지 캐시에 두고, 새로 불러오는 대신 sleep과 wake(vLLM)를 사용하세요.',
    },
    'memory-occupied': {
      cause: '이전 모델이 먼저 GPU에서 내려가야 합니다.',
      remedy: '각 모델의 메모리를 줄여 함께 올리거나 다른 GPU에 나누어 두세요.',
    },
    'running-requests': {
      cause: '아직 실행 중인 요청을 기다린 뒤 전환합니다.',
      remedy: 'max_tokens를 제한하거나 전환 전에 요청을 비우세요.',
    },
    'start-up': {
      cause: '엔진이 새로 시작됩니다: 컴파일, CUDA 그래프, 프로파일 실행.',
      remedy: '컴파일 결과를 캐시하거나, 충분하다면 --enforce-eager로 시작하세요.',
    },
    gateway: {
      cause: '게이트웨이가 바쁩니다: 워커, 데이터베이스 연결, 블로킹 호출.',
      remedy:
        '워커(uvicorn --workers)와 커넥션 풀을 늘리고, 비동기 코드에서 블로킹 호출을 없애세요.',
    },
    'busy-machine': {
      cause: 'k6를 실행하는 장비가 바빠 제때 읽지 못했습니다.',
      remedy: '사용자를 줄이거나, 더 큰 장비 또는 k6 전용 장비에서 실행하세요.',
    },
    'busy-relay': {
      cause: '릴레이의 CPU가 부족해 토큰의 도착을 늦게 기록하거나 응답을 늦게 전달했습니다.',
      remedy: '릴레이의 --workers를 늘리거나, 별도의 장비에 두거나, 사용자를 줄이세요.',
    },
    'few-vus': {
      cause: '제때 반복을 시작할 비어 있는 사용자가 없었습니다.',
      remedy: 'preAllocatedVUs와 maxVUs를 늘리거나 요청률을 낮추세요.',
    },
  },
}
