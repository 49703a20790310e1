import { endTest, misuse, show } from '../core/errors.ts'
import { checkKeys } from '../core/options.ts'
import type { Notes } from '../report/at-the-end.ts'
import {
  createSummary,
  judgements,
  SUMMARY_OPTIONS,
  type SummaryOptions,
} from '../report/summary.ts'
import {
  errorKindThresholds,
  mergeThresholds,
  summaryTrendStats,
  type Thresholds,
  toThresholds,
} from '../sla/thresholds.ts'
import type { ScenarioGroup } from '../workload/profiles.ts'
import { openSession, type Session, type SessionOptions } from './session.ts'

/**
 * Options of {@link defineTest}: those of `createSummary`, and of `toThresholds` for each SLA without
 * its own. `Known` is what is known of the server when `setup` runs, `Data` what it gives to users.
 */
export interface TestOptions<Known = Session, Data = Known> extends SummaryOptions {
  /** Heading of the report, and the base of its file's name. */
  title: string
  /** The load, as in k6's `options.scenarios`. @default those of `sweep`, where one is given */
  scenarios?: ScenarioGroup
  /** Goals of your own, and sub-metrics to keep (`perTag`), beside those of `sla`. @default none */
  thresholds?: Thresholds
  /**
   * How `setup()` gets to know the server: options of `openSession`, which logs in where there are
   * `TEST_EMAIL` and `TEST_PASSWORD` and finds out the wire and the model. `false`: nothing is asked.
   * @default everything from the environment
   */
  login?: SessionOptions | false
  /**
   * What else is to be done before the load; users are given what it returns, and its `notes` are the
   * report's where the option `notes` is not set. The session is `null` with `login: false`.
   * @default users are given the session
   */
  setup?(session: Known): Data | Promise<Data>
  /** Further options of k6, such as `{ teardownTimeout: '5m' }`. @default none */
  options?: { [name: string]: unknown }
}

/** What a script exports. */
export interface DefinedTest<Data> {
  options: {
    scenarios: ScenarioGroup
    thresholds: Thresholds
    summaryTrendStats: string[]
    [name: string]: unknown
  }
  /** Ends the test (exit code 108) where the login fails or requests would be refused. */
  setup(): Promise<Data>
  handleSummary(data: unknown): { [destination: string]: string }
}

/**
 * A test in one call: title, goals and load are said once, and what k6 wants to be exported follows.
 *
 * - `options`: the scenarios; thresholds of each SLA with the gates that fail where nothing was
 *   measured, failures by kind, those of `sweep`, your own; `summaryTrendStats`. Without any goal the
 *   test fails where no request was sent.
 * - `setup`: the session (see `login`). Users hand it to the client: `chat.stream(prompt, { session })`.
 * - `handleSummary`: the report, which names the server that was found.
 *
 * The load generator is watched by `pause()` in place of `sleep()` and by the relay: no scenario.
 *
 * @example export const { options, setup, handleSummary } = defineTest({
 *   title: 'load test',
 *   sla: slaPresets.guideChat,
 *   scenarios: { load: scaleProfile(profiles.load) },
 * })
 * @throws at init for an option that cannot be read, and for what its parts refuse
 */
export function defineTest<Data = null>(
  options: TestOptions<null, Data> & { login: false },
): DefinedTest<Data>
export function defineTest<Data = Session>(options: TestOptions<Session, Data>): DefinedTest<Data>
export function defineTest(options: TestOptions<Session | null, unknown>): DefinedTest<unknown> {
  checkKeys(
    'defineTest',
    options,
    SUMMARY_OPTIONS.concat('thresholds', 'login', 'setup', 'options'),
  )
  const { thresholds = {}, login, setup, options: more = {}, ...summary } = options
  const { sweep, title } = summary
  if (typeof title !== 'string') {
    misuse(`defineTest: title=${show(title)}: expected a text such as 'load test'`)
  }
  const scenarios = summary.scenarios || sweep?.scenarios
  if (scenarios === undefined) {
    misuse(
      'defineTest: expected scenarios, got none; pass { scenarios: { load: profiles.load } } or ' +
        "{ scenarios: { load: { executor: 'constant-vus', vus: 5, duration: '2m' } } }",
    )
  }
  if (login !== undefined && login !== false && (login === null || typeof login !== 'object')) {
    misuse(`defineTest: login=${show(login)}: expected false or options of openSession`)
  }
  if (setup !== undefined && typeof setup !== 'function') {
    misuse(`defineTest: setup=${show(setup)}: expected a function that is given the session`)
  }
  checkMore(more)
  summary.scenarios = scenarios
  const own = mergeThresholds(sweep ? sweep.thresholds : {}, thresholds)
  const goals = judgements(summary).map((judged) => toThresholds(judged.sla, judged.options))
  if (goals.length === 0 && Object.keys(own).length === 0) {
    goals.push({ llm_requests: ['count>0'] })
  }
  return {
    options: Object.assign({}, more, {
      scenarios,
      thresholds: mergeThresholds(errorKindThresholds, ...goals, own),
      summaryTrendStats,
    }),
    async setup() {
      let session: Session | null = null
      if (login !== false) {
        session = await openSession(login)
        if (session.error) endTest(session.error.message)
        else console.log(`server: ${session.about}`)
      }
      return setup ? setup(session) : session
    },
    handleSummary: createSummary(Object.assign(summary, { notes: withServer(summary.notes) })),
  }
}

const MADE = ['scenarios', 'thresholds', 'summaryTrendStats']

function checkMore(more: object): void {
  if (more === null || typeof more !== 'object' || Array.isArray(more)) {
    misuse(
      `defineTest: options=${show(more)}: expected options of k6 like { teardownTimeout: '5m' }`,
    )
  }
  for (const name of MADE) {
    if (name in more) misuse(`defineTest: options.${name}: expected beside options, not in it`)
  }
}

/** What the run was asked of stands first, unless the script's own notes say it. */
function withServer(notes: SummaryOptions['notes']): SummaryOptions['notes'] {
  if (notes !== undefined && typeof notes !== 'function') {
    // What is no note is said by createSummary.
    if (typeof notes !== 'string' && (typeof notes !== 'object' || Array.isArray(notes)))
      return notes
  }
  return (data) => {
    const found = (data || {}) as { about?: unknown; notes?: Notes }
    const given = notes === undefined ? found.notes : notes
    const told = typeof given === 'function' ? given(data) : given
    const { about } = found
    if (typeof about !== 'string' || about === '') return told
    return Object.assign({ server: about }, typeof told === 'string' ? { notes: told } : told)
  }
}
