import type { Goal } from '../goals.ts'
import { advice } from './en/advice.ts'
import { findings, reasons, validity } from './en/findings.ts'
import { metrics } from './en/metrics.ts'
import { page } from './en/page.ts'
import { sideBySide, sweep, switches } from './en/tables.ts'

type Doubt = NonNullable<Goal['doubt']>

/** Every word of a report. `{name}` is filled in. */
export const en = {
  /** The first line begins with PASS, FAIL or NONE in every language. */
  verdict: {
    pass: 'PASS - {title}: {n} of {n} goals met',
    partly: 'PASS - {title}: {k} of {n} goals met, {e} not measured',
    fail: 'FAIL - {title}: {m} of {n} goals not met',
    stopped:
      'FAIL - {title}: ended by k6-llm: the first requests of a user all failed ({list}), which no waiting mends',
    none: 'NONE - {title}: no thresholds: nothing was judged',
    unknown: 'NONE - {title}: this summary has no verdicts of thresholds',
  },
  ran: 'ran {span}',
  users: 'peak users {n}',
  changedBy: 'set by the environment: {list}',
  missed: 'Goals not met',
  empty: 'Nothing was measured (k6 passes such a threshold)',
  doubted: 'Nothing was measured, or it proves nothing (k6 passes such a threshold)',
  /** After a figure that keeps its limit and proves nothing. */
  doubts: {
    refused: 'but every request failed',
    disproved: 'but headers of streams come after {headers}',
  } satisfies { readonly [D in Doubt]: string },
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
  /** Before a reason, and before what would help. */
  why: 'why:',
  fix: 'fix:',
  failures: "What failed, in the server's words",
  latency: 'Latency',
  distributions: 'Per request',
  count: 'count',
  counts: 'Counts',
  checks: 'Checks: {passed} of {total} passed',
  checksFailed: '{fails} of {total} failed',
  notes: 'Notes',
  files: 'Written:',
  span: { h: 'h', m: 'm', s: 's' },
  /** With the space before it, where the language has one. */
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
  findings,
  reasons,
  validity,
  switches,
  sweep,
  sideBySide,
  advice,
  page,
  metrics,
}

/** What each language says. One that lacks a word does not compile. */
export type Words = typeof en
