import { parseDuration } from '../core/duration.ts'
import { misuse, show, unknownName } from '../core/errors.ts'
import type { PhasedScenarios } from './measured.ts'

/** How an SLA becomes thresholds. */
export interface ThresholdOptions {
  /**
   * Judge only the samples with these tags: `{ sla: 'chat', phase: 'measure' }` gives
   * `llm_ttft{sla:chat,phase:measure}`. @default every sample
   */
  tags?: { [name: string]: string | number }
  /**
   * Stop the test when a limit is clearly missed: `true`, or how long after the start to begin,
   * like `'30s'`. Throughput goals never stop it: they are not met before the end. `true` begins
   * after 10 s. @default false
   */
  abort?: boolean | string
  /**
   * What to do with a limit that the transport cannot measure (TTFT, TTFO, TPOT on stock k6).
   * `fail`: the threshold stays and fails. `report`: it is left out, the report says so.
   * `estimate`: TTFT is judged on `llm_ttft_probe`, the others are left out. @default 'fail'
   */
  unmeasured?: 'fail' | 'report' | 'estimate'
  /**
   * Whether the server may turn out to have nothing of it, as one whose models are not switched:
   * limits without a sample then pass, and the report says that nothing was measured.
   * @default false: they fail
   */
  optional?: boolean
  /** Whether tokens are seen arriving. @default canStream() */
  streaming?: boolean
  /**
   * Length of the measured phase: ms or `'60s'`. With it the throughput goals become counts on
   * `phase:measure`. @default they are reported, not gated
   */
  window?: number | string
  /**
   * The scenarios of the run, as in `options.scenarios`. Where one has a warm-up (`withWarmup`)
   * only what is measured is judged (`phase:measure`), and `window` is worked out where all of
   * them measure during the same time. @default every phase is judged
   */
  scenarios?: PhasedScenarios
}

/** `{ sla: 'chat', phase: 'measure' }` as k6 writes it in a sub-metric's name. */
export function selectorOf(tags: ThresholdOptions['tags']): string {
  if (tags === undefined) return ''
  return Object.keys(tags)
    .map((name) => {
      const value = String(tags[name])
      if (/[,{}]/.test(name + value) || /^\s*$/.test(value) || /[:\s]/.test(name)) {
        misuse(
          `tags.${name}=${show(tags[name])}: expected a value without , { and }, since k6 cannot ` +
            "select it; k6-llm writes '_' in their place in the tags that it sets: write it here too",
        )
      }
      return `${name}:${value}`
    })
    .join(',')
}

const OPTIONS = ['tags', 'abort', 'unmeasured', 'optional', 'streaming', 'window', 'scenarios']

/** Checks the options and returns `window` in milliseconds. */
export function checkOptions(options: ThresholdOptions): number | undefined {
  for (const name of Object.keys(options)) {
    if (OPTIONS.indexOf(name) < 0) {
      unknownName(`toThresholds: no option ${show(name)}; expected one of`, name, OPTIONS)
    }
  }
  const { tags, abort, unmeasured, optional, streaming } = options
  if (tags !== undefined && (tags === null || typeof tags !== 'object' || Array.isArray(tags))) {
    misuse(`tags=${show(tags)}: expected an object like { sla: 'chat' }`)
  }
  if (abort !== undefined && typeof abort !== 'boolean' && typeof abort !== 'string') {
    misuse(`abort=${show(abort)}: expected true, false or a delay with its unit, like '30s'`)
  }
  if (typeof abort === 'string' && parseDuration(abort) === undefined) {
    misuse(`abort=${show(abort)}: expected a delay with its unit, like '30s'`)
  }
  if (unmeasured !== undefined && ['fail', 'report', 'estimate'].indexOf(unmeasured) < 0) {
    misuse(`unmeasured=${show(unmeasured)}: expected 'fail', 'report' or 'estimate'`)
  }
  if (optional !== undefined && typeof optional !== 'boolean') {
    misuse(`optional=${show(optional)}: expected true or false`)
  }
  if (streaming !== undefined && typeof streaming !== 'boolean') {
    misuse(`streaming=${show(streaming)}: expected true or false`)
  }
  if (options.window === undefined) return undefined
  const window = parseDuration(options.window)
  if (!window) {
    misuse(`window=${show(options.window)}: expected milliseconds or a duration like '60s'`)
  }
  return window
}
