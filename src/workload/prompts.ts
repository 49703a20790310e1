import { misuse, show } from '../core/errors.ts'
import { random, randomItem } from '../core/random.ts'

export type Complexity = 'simple' | 'medium' | 'complex'
export type PromptLanguage = 'ko' | 'en'

/**
 * Prompts by language and complexity, of the kinds that the guide's tests send: greetings and
 * small talk (`simple`), explain a concept or a how-to (`medium`), a comprehensive guide or a
 * comparison (`complex`).
 */
export const promptSets: { [L in PromptLanguage]: { [C in Complexity]: string[] } } = {
  ko: {
    simple: [
      '안녕하세요! 오늘 하루 어떠세요?',
      '간단하게 자기소개를 해 주세요.',
      '어떤 일을 도와줄 수 있는지 한 문장으로 알려 주세요.',
      '오늘 기분이 좋아지는 말 한마디 부탁해요.',
      '고마워요. 좋은 하루 보내세요!',
      '주말에 가볍게 볼 만한 영화 장르 하나만 추천해 주세요.',
    ],
    medium: [
      '머신러닝과 딥러닝의 차이를 초보자도 이해할 수 있게 설명해 주세요.',
      '파이썬에서 리스트를 정렬하는 방법을 예제와 함께 알려 주세요.',
      'REST API가 무엇인지, 언제 쓰는지 설명해 주세요.',
      '도커 컨테이너와 가상 머신이 어떻게 다른지 정리해 주세요.',
      '깃에서 브랜치를 합칠 때 충돌을 해결하는 순서를 알려 주세요.',
      '데이터베이스 인덱스가 조회를 빠르게 만드는 원리를 설명해 주세요.',
    ],
    complex: [
      '대규모 언어 모델을 서비스로 운영할 때 필요한 아키텍처를 게이트웨이, 추론 서버, 모니터링으로 나누어 자세히 설명하고, 각 단계의 병목과 해결 방법을 정리해 주세요.',
      '마이크로서비스와 모놀리식 아키텍처를 개발 속도, 운영 비용, 장애 격리, 확장성의 관점에서 비교하고, 팀 규모별로 어떤 선택이 나은지 근거와 함께 제안해 주세요.',
      '온라인 쇼핑몰의 주문 시스템을 설계해 주세요. 재고 차감의 동시성 문제, 결제 실패 처리, 이벤트 기반 연동까지 단계별로 다뤄 주세요.',
      '쿠버네티스에서 GPU 워크로드를 운영하는 종합 가이드를 작성해 주세요. 스케줄링, 자동 확장, 비용 절감, 장애 대응을 모두 포함해 주세요.',
      'PostgreSQL, MongoDB, Redis를 데이터 모델, 일관성, 성능, 운영 난이도별로 비교하고 서비스 유형에 따른 선택 기준을 표로 정리해 주세요.',
      '신입 개발자를 위한 6개월 백엔드 학습 계획을 주차별 목표, 실습 과제, 평가 방법과 함께 상세히 작성해 주세요.',
    ],
  },
  en: {
    simple: [
      'Hello! How are you today?',
      'Please introduce yourself in two sentences.',
      'What can you help me with? One sentence is enough.',
      'Say something that makes a Monday morning better.',
      'Thank you, and have a nice day!',
      'Name one kind of film for a quiet evening.',
    ],
    medium: [
      'Explain the difference between machine learning and deep learning to a beginner.',
      'How do I sort a list of dictionaries by a key in Python? Show an example.',
      'What is a REST API, and when would you choose one?',
      'Explain how a container differs from a virtual machine.',
      'How do I resolve a merge conflict in Git, step by step?',
      'Explain how an index makes a database query faster, and what it costs.',
    ],
    complex: [
      'Describe in detail an architecture for serving a large language model: gateway, inference servers, and monitoring. For each part name its bottlenecks and how to remove them.',
      'Write a comprehensive comparison of microservices and a monolith by speed of development, cost of operation, isolation of failures, and scaling. Recommend one for a team of 5, of 20, and of 100.',
      'Design the order system of an online shop: concurrent stock updates, failed payments, and integration by events. Go through it step by step and give the reasons for each choice.',
      'Write a complete guide to running GPU workloads on Kubernetes that covers scheduling, autoscaling, cost, and incident response.',
      'Compare PostgreSQL, MongoDB, and Redis by data model, consistency, performance, and effort of operation. End with a table of which to choose for which kind of service.',
      'Write a six-month plan for a junior developer to learn backend development, with weekly goals, exercises, and a way to assess each of them.',
    ],
  },
}

const COMPLEXITIES: readonly Complexity[] = ['simple', 'medium', 'complex']

export interface PromptOptions {
  /** Language of the prompts. @default 'both', each as likely */
  language?: PromptLanguage | 'both'
  /**
   * How often each complexity comes, relative to the others; one that is left out never comes.
   * @default { simple: 40, medium: 40, complex: 20 }
   */
  weights?: { [C in Complexity]?: number }
}

export interface PickedPrompt {
  prompt: string
  complexity: Complexity
  language: PromptLanguage
  /** Bound of the answer in tokens: 200, of a complex one 500. */
  max_tokens: number
}

/**
 * A prompt by weighted chance, from the VU's own random numbers (repeatable by `SEED`).
 *
 * @example const { prompt, max_tokens } = pickPrompt({ language: 'ko', weights: { simple: 1 } })
 */
export function pickPrompt(options: PromptOptions = {}): PickedPrompt {
  const weights: { [C in Complexity]?: number } = options.weights ?? {
    simple: 40,
    medium: 40,
    complex: 20,
  }
  let total = 0
  for (const name of Object.keys(weights)) {
    const weight = weights[name as Complexity] as number
    if (COMPLEXITIES.indexOf(name as Complexity) < 0 || !(weight >= 0 && weight < Infinity)) {
      misuse(
        `weights.${name}=${typeof weight === 'number' ? weight : show(weight)}: expected numbers, ` +
          '0 or more, of simple, medium and complex, like { simple: 40, medium: 40, complex: 20 }',
      )
    }
    total += weight
  }
  if (!(total > 0)) misuse(`weights=${show(weights)}: expected at least one above 0`)

  const asked = options.language ?? 'both'
  if (asked !== 'ko' && asked !== 'en' && asked !== 'both') {
    misuse(`language=${show(asked)}: expected 'ko', 'en' or 'both'`)
  }
  const language = asked === 'both' ? randomItem<PromptLanguage>(['ko', 'en']) : asked

  const likely = COMPLEXITIES.filter((name) => (weights[name] ?? 0) > 0)
  let left = random() * total
  let complexity = likely[likely.length - 1] as Complexity
  for (const name of likely) {
    left -= weights[name] as number
    if (left < 0) {
      complexity = name
      break
    }
  }
  return {
    prompt: randomItem(promptSets[language][complexity]),
    complexity,
    language,
    max_tokens: complexity === 'complex' ? 500 : 200,
  }
}
