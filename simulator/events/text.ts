import type { Random } from '../core/random.ts'

const ENGLISH =
  'a the model server request answer token time first next queue cache batch memory load test user ' +
  'stream result measures shows grows starts ends waits sends keeps holds reads small large fast slow ' +
  'steady long short every each with from into over under after before while when and or but then'
const KOREAN_WORDS =
  '모델 서버 요청 응답 토큰 시간 처음 다음 대기열 캐시 배치 메모리 부하 시험 사용자 스트림 결과 측정 전환 성능'
const KOREAN_ENDINGS = '은 는 이 가 을 를 에서 으로 까지 부터 도 만 입니다 합니다 됩니다'

const english = ENGLISH.split(' ')
const koreanWords = KOREAN_WORDS.split(' ')
const koreanEndings = KOREAN_ENDINGS.split(' ')

/** A sentence of so many tokens, its full stop included, is about as long as real ones. */
const SENTENCE = 14

/**
 * Yields the text of one token after another, without end. A prompt with Hangul is answered in
 * Korean, any other in English.
 */
export function* tokenTexts(prompt: string, random: Random): Generator<string, never, void> {
  const korean = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/.test(prompt)
  for (let position = 0; ; position++) {
    if (position % SENTENCE === SENTENCE - 1) {
      yield '.'
    } else if (korean && position % 2 === 1) {
      yield pick(koreanEndings, random)
    } else {
      const word = pick(korean ? koreanWords : english, random)
      yield position === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : ` ${word}`
    }
  }
}

/**
 * The simulator's estimate of a prompt's length: one token for 4 bytes of UTF-8, at least one. It is
 * exact by definition here, since the simulator has no tokenizer.
 */
export function countPromptTokens(prompt: string) {
  return Math.max(1, Math.ceil(Buffer.byteLength(prompt) / 4))
}

function pick(words: string[], random: Random) {
  return words[Math.floor(random() * words.length)] ?? ''
}
