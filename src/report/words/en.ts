import type { Ending } from '../ending.ts'
import type { Goal } from '../goals.ts'
import { advice } from './en/advice.ts'
import { findings, reasons, validity } from './en/findings.ts'
import { metrics } from './en/metrics.ts'
import { page } from './en/page.ts'
import { sideBySide, sweep, switches } from './en/tables.ts'

type Doubt = NonNullable<Goal['doubt']>

/** Every word of a report. `{name}` is filled in. */
export const en = {
  /** The first line begins with PASS, FAIL, NONE or INTERRUPTED in every language. */
  verdict: {
    pass: 'PASS - {title}: {n} of {n} goals met',
    partly: 'PASS - {title}: {k} of {n} goals met, {e} not measured',
    fail: 'FAIL - {title}: {m} of {n} goals not met',
    ended: 'FAIL - {title}: {ending}',
    interrupted:
      'INTERRUPTED - {title}: {ending}: neither passed nor failed ({k} of {n} goals met so far)',
    stopped:
      'FAIL - {title}: ended by k6-llm: the first requests of a user all failed ({list}), which no waiting mends',
    none: 'NONE - {title}: no thresholds: nothing was judged',
    unknown: 'NONE - {title}: this summary has no verdicts of thresholds',
  },
  /** Beside the verdict, in capitals: nobody may take it for a run of k6. */
  preview: 'PREVIEW, NOT K6: the script works; no figure here is a benchmark',
  /** How a run ended that did not do what it planned. */
  ending: {
    time: 'after {ran} of {plan}',
    iterations: 'after {k} of {n} iterations',
    never: 'before its scenarios began',
    by: {
      interruption: 'stopped {where}',
      threshold: 'ended {where} by abortOnFail of {list}',
      library: 'ended {where} by k6-llm itself, whose message is in the log of k6',
    } satisfies { readonly [B in Ending['by']]: string },
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
  /** In place of the two where a run was interrupted. */
  missedSoFar: 'Goals not met when it was stopped (nothing is judged)',
  metSoFar: 'Goals met when it was stopped (nothing is judged)',
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
  notInIt: 'at least {n} more are not in it',
  gauge: 'last value, {min} to {max} in the run',
  notes: 'Notes',
  /** Said before k6 writes them: only k6 knows whether it can, and names those that it cannot. */
  files: 'Files (k6 says which it cannot write):',
  span: { h: 'h', m: 'm', s: 's' },
  /** With the space before it, where the language has one. */
  units: {
    '/s': '/s',
    'requests/s': ' requests/s',
    'tokens/min': ' tokens/min',
    users: ' users',
  },
  samplesOf: '{name} ({n} of {least})',
  warnings: {
    few:
      'Judged from too few samples, of those that it takes: {list}. A percentile without a ' +
      'sample above it is their maximum; k6 judges it all the same. A longer run tells.',
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
