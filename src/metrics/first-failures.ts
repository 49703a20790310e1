import type { ChatError } from '../chat/result.ts'
import { sinceScenario } from '../core/clock.ts'
import { endTest, inVuCode } from '../core/errors.ts'
import { MISUSE_KINDS } from './names.ts'

/**
 * So many requests of a VU in a row, its first ones, and the test cannot succeed. One may be meant
 * (a look whether a model is there), two may be chance; users that wait seconds between requests
 * still know within a few of them.
 */
const FIRST = 3

/**
 * Only users that begin within so many ms of their scenario are asked: where a test ran on for
 * longer, the first of them were answered, and what fails now was no misconfiguration.
 */
const EARLY = 30000

/** Users that write what failed into the log, and how many lines each. */
const TELLING_VUS = 3
const MOST_TOLD = 8

/** Statuses of 4xx that waiting mends: a request that was late, a model that is being loaded. */
const PASSING = [408, 409, 421, 423, 424, 425, 429]
/** TabbyAPI and others answer so with 400, while a model is loaded. */
const LOADING = /loading|loaded|not (yet )?ready|warming|start(ing|ed) up/i

const told: string[] = []
/** Of this VU: failures of requests that end the test, and of those that do not. */
const failed = { stop: 0, go: 0 }
let settled = false

/** Whether no waiting mends a failure: address, path, key, model or wire are wrong. */
export function isMisuse({ kind, status, message }: ChatError): boolean {
  if (kind === 'http_4xx' && (PASSING.indexOf(status) >= 0 || LOADING.test(message))) return false
  return MISUSE_KINDS.test(kind)
}

/**
 * Says what failed, once a kind and status, and ends the test where the first requests of this VU
 * all failed by what waiting does not mend.
 *
 * @param words the error's, fit for a log
 * @param stop false: it is said, and the test goes on
 */
export function watchFirst(error: ChatError | null, words: string, stop: boolean): void {
  if (error && error.kind !== 'aborted') tell(error, words)
  if (settled) return
  if (error === null || !isMisuse(error)) {
    settled = true
    return
  }
  if (failed.stop + failed.go === 0 && (sinceScenario() || 0) > EARLY) {
    settled = true
    return
  }
  const count = stop ? ++failed.stop : ++failed.go
  if (count < FIRST) return
  settled = true
  const text =
    `the first ${FIRST} requests of a user all failed by what waiting does not mend: ` +
    `${nameOf(error)}: ${words.replace(/\.$/, '')}`
  if (stop && inVuCode()) {
    endTest(
      `${text}; the test is ended (stopOnMisuse: false or STOP_ON_MISUSE=false lets it go on)`,
    )
  }
  if (tells()) console.warn(`k6-llm: ${text}; the test goes on`)
}

function tell(error: ChatError, words: string): void {
  const name = nameOf(error)
  if (told.length >= MOST_TOLD || told.indexOf(name) >= 0) return
  told.push(name)
  if (tells())
    console.warn(`k6-llm: a request failed, ${name}: ${words} (said once; all are counted)`)
}

function tells(): boolean {
  return typeof __VU === 'undefined' || __VU <= TELLING_VUS
}

/** `http_4xx 404`, `dns`. */
function nameOf({ kind, status }: ChatError): string {
  return status > 0 ? `${kind} ${status}` : kind
}
