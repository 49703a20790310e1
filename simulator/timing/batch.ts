import { drawAround, type Random } from '../core/random.ts'

/** What a step costs and how much fits; read at each step. */
export interface BatchLimits {
  /** sequences that run together, at most */
  maxNumSeqs: number
  /** ms that a step takes, whatever is in it */
  stepBase: number
  /** ms that each running sequence adds */
  stepPerSeq: number
  /** prompt tokens that are read in a second */
  prefillRate: number
  /** that the cache holds */
  kvCacheTokens: number
  /** fraction around the time of a step */
  spread: number
}

/**
 * A request on its way through the batch. One with several choices is so many sequences, which come
 * and go together.
 */
export interface Sequence {
  /** on the clock of the batch */
  arrivedAt: number
  /** tokens */
  prompt: number
  /** tokens that it generates */
  count: number
  /** sequences that it is */
  width: number
  /** when each token is there; one step ahead of the clock */
  times: number[]
  /** called once, with the begin of its first step */
  onAdmit: ((time: number) => void) | undefined
  /** called once, when `times` has grown */
  onTimes: (() => void) | undefined
}

/** What a request comes with. */
interface Joining extends Pick<Sequence, 'arrivedAt' | 'prompt' | 'count' | 'width'> {
  onAdmit?: Sequence['onAdmit']
}

interface Clock {
  now: () => number
  /** calls `run` then; gives the cancel */
  at: (due: number, run: () => void) => () => void
}

/**
 * Continuous batching (Orca, OSDI 2022; vLLM, TGI, SGLang): at the begin of each step those that
 * wait are let in, first come, first served, as long as there is a place and the cache has room for
 * the whole of them; then all that run get one token, at the end of the step, which takes
 *
 *     stepBase + stepPerSeq × running + prompt tokens that were let in / prefillRate
 *
 * So a prompt is read in one step, its first token comes at that step's end, and the others wait for
 * it. The cache is reserved for prompt and answer, as TGI does it, so nothing is ever preempted and
 * the capacity is a formula (capacity.ts). A request that is larger than the cache runs alone.
 *
 * Steps follow each other on absolute times: a timer that is late moves none of them. A step is made
 * of what was there when it began, so its end is known from then on.
 *
 * @param random of a step, by its ordinal
 */
export function createBatch(
  limits: () => BatchLimits,
  clock: Clock,
  random: (step: number) => Random,
) {
  /** by arrival */
  const waiting: Sequence[] = []
  const running = new Set<Sequence>()
  let steps = 0
  let end = -Infinity
  let cancel = () => {}

  const admit = ({ maxNumSeqs, kvCacheTokens }: BatchLimits, begin: number) => {
    let sequences = 0
    let reserved = 0
    for (const one of running) {
      sequences += one.width
      reserved += reservedBy(one)
    }
    let prompts = 0
    for (;;) {
      const next = waiting[0]
      if (!next || next.arrivedAt > begin) break
      const fits =
        sequences + next.width <= maxNumSeqs && reserved + reservedBy(next) <= kvCacheTokens
      if (!fits && running.size > 0) break
      waiting.shift()
      running.add(next)
      sequences += next.width
      reserved += reservedBy(next)
      prompts += next.prompt
      next.onAdmit?.(begin)
    }
    return { sequences, prompts }
  }

  /** Begins every step that is due by now, so that what is known is as new as the clock. */
  const advance = () => {
    const time = clock.now()
    if (end > time) return
    const grown = new Set<Sequence>()
    while (end <= time) {
      for (const one of running) if (one.times.length === one.count) running.delete(one)
      const first = waiting[0]
      if (running.size === 0 && !first) break
      const begin = running.size > 0 ? end : Math.max(end, first?.arrivedAt ?? end)
      if (begin > time) {
        // Nothing runs before: the next to come is not here yet.
        wake(begin)
        return notify(grown)
      }
      const now = limits()
      const { sequences, prompts } = admit(now, begin)
      const decode = now.stepBase + now.stepPerSeq * sequences
      end =
        begin + drawAround(decode, now.spread, random(++steps)) + (prompts / now.prefillRate) * 1000
      for (const one of running) {
        one.times.push(end)
        grown.add(one)
      }
    }
    if (end > time) wake(end)
    notify(grown)
  }

  const wake = (due: number) => {
    cancel()
    cancel = clock.at(due, advance)
  }

  return {
    advance,

    join(given: Joining): Sequence {
      advance()
      const one: Sequence = { onAdmit: undefined, onTimes: undefined, ...given, times: [] }
      const before = waiting.findLastIndex(({ arrivedAt }) => arrivedAt <= one.arrivedAt)
      waiting.splice(before + 1, 0, one)
      advance()
      return one
    },

    /** Takes out one whose client has gone. The step that runs is not shortened by it. */
    leave(one: Sequence) {
      one.onTimes = undefined
      running.delete(one)
      const place = waiting.indexOf(one)
      if (place >= 0) waiting.splice(place, 1)
    },

    close() {
      cancel()
      running.clear()
      waiting.length = 0
    },

    get running() {
      return running.size
    },
    get waiting() {
      return waiting.length
    },
  }
}

export type Batch = ReturnType<typeof createBatch>

export function reservedBy({ prompt, count, width }: Pick<Sequence, 'prompt' | 'count' | 'width'>) {
  return prompt + count * width
}

function notify(grown: Set<Sequence>) {
  for (const one of grown) {
    const run = one.onTimes
    one.onTimes = undefined
    run?.()
  }
}
