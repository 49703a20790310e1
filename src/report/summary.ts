import { canStream, defaultTransport } from '../chat/default-transport.ts'
import { testOptions } from '../core/clock.ts'
import { env } from '../core/env.ts'
import { misuse, show, unknownName } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { describeSla } from '../sla/limits.ts'
import type { ThresholdOptions } from '../sla/options.ts'
import { resolveSla, type Sla } from '../sla/sla.ts'
import { planOf } from '../workload/plan.ts'
import type { ScenarioGroup } from '../workload/profiles.ts'
import { startsAtOnce, usersTogether } from '../workload/start-spread.ts'
import type { Sweep } from '../workload/sweep.ts'
import { askedIterations, isArrivalRate } from '../workload/validity.ts'
import { baseOf, failuresOf, type Notes, notesOf, rawJson } from './at-the-end.ts'
import { type Certificate, checkCertificate } from './certificate.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { type Report, type ReportContext, toReport } from './record.ts'
import { settings } from './settings.ts'
import { renderText } from './text.ts'
import type { AskedLoad } from './validity.ts'
import { LOCALES, type Locale } from './words/language.ts'

/** An SLA with the options that its thresholds were made with. */
export interface JudgedSla extends ThresholdOptions {
  sla: Sla
}

/** `text` goes to the terminal, the others to files. */
export type SummaryFormat = 'text' | 'json' | 'markdown' | 'html'

/** Options of {@link createSummary}; those of `toThresholds` hold for each SLA without its own. */
export interface SummaryOptions extends ThresholdOptions {
  /** Heading, and the base of the file's name. @default 'k6-llm' */
  title?: string
  /**
   * What the run was judged by, so that the report can say what was not measured: an SLA, or a
   * list of SLAs or of `{ sla, tags, … }` with the options given to `toThresholds`. @default none
   */
  sla?: Sla | JudgedSla | (Sla | JudgedSla)[]
  /**
   * `text` on the terminal; `json` (docs/report-schema.json), `markdown` and `html` (one page
   * that needs nothing else) in files that differ in their ending. One that cannot be made does
   * not keep the others. @default `REPORT_FORMATS`, else ['text', 'json']
   */
  formats?: SummaryFormat[]
  /** Where files go. k6 makes no directories: it must exist. @default `RESULTS_DIR`, else 'results' */
  directory?: string
  /**
   * Path of the JSON file; the others have its name with another ending.
   * @default `directory`/`title`-`time`.json, time in UTC: names that sort
   */
  file?: string
  /** Language of the reports: 'en' or 'ko'. JSON has none. @default `LOCALE`, else 'en' */
  locale?: Locale
  /**
   * What else to keep with the result, like `{ model: 'x', server: 'vLLM, TP=2' }`; or a function
   * that is given what `setup()` returned (`null` where that did not come to its end), for what
   * was found there. @default none
   */
  notes?: Notes | ((setupData: unknown) => Notes | undefined)
  /**
   * The scenarios of the run, as in `options.scenarios`: the report then tells how many of the
   * iterations that they ask for came to their end. Where one has a warm-up, what is judged is
   * its measured part: give `toThresholds` the same. @default not compared
   */
  scenarios?: ScenarioGroup
  /** What `sweep()` gave, for a table of its steps. @default none */
  sweep?: Sweep
  /**
   * The errors of time that were measured on this machine, as `calibrate --out` wrote them:
   * `JSON.parse(open('./certificate.json'))`. @default none
   */
  certificate?: Certificate
  /**
   * A tag whose values are compared in a table, as of an A/B test: `'variant'`. k6 keeps their
   * figures apart where a threshold names them: `perTag('variant', ['A', 'B'])`. @default none
   */
  sideBySide?: string
}

const THRESHOLD_OPTIONS: readonly (keyof ThresholdOptions)[] = [
  'tags',
  'abort',
  'unmeasured',
  'optional',
  'streaming',
  'window',
]

/** What {@link SummaryOptions} may have. */
export const SUMMARY_OPTIONS: readonly string[] = [
  'title',
  'sla',
  'formats',
  'directory',
  'file',
  'locale',
  'notes',
  'scenarios',
  'sweep',
  'certificate',
  'sideBySide',
  ...THRESHOLD_OPTIONS,
]

/** Formats that are files: their ending, and what makes them. */
const FILES: {
  [format: string]: { ending: string; render(report: Report, locale: Locale): string }
} = {
  json: { ending: '.json', render: (report) => renderJson(report) },
  markdown: { ending: '.md', render: (report, locale) => renderMarkdown(report, { locale }) },
  html: { ending: '.html', render: (report, locale) => renderHtml(report, { locale }) },
}

/**
 * A `handleSummary` for k6: text on the terminal, and files.
 *
 * Files go into a directory that must exist, since k6 makes none: where it does not, k6 logs an
 * error and prints the text all the same, and its exit code stays. What `setup()` returned
 * (tokens, passwords) is not written. A format that cannot be made is named on stderr, and the
 * others are written; if there is no report at all, k6's own figures go to the JSON file.
 *
 * @example export const handleSummary = createSummary({ title: 'load test', sla: slaPresets.guideChat })
 * @throws at init for an option that cannot be read
 */
export function createSummary(
  options: SummaryOptions = {},
): (data: unknown) => { [destination: string]: string } {
  checkOptions(options)
  const title = (options.title ?? 'k6-llm').replace(/\s+/g, ' ').trim()
  const formats = formatsOf(options)
  const locale = options.locale ?? (env.string('LOCALE', 'en') as Locale)
  const context: Omit<ReportContext, 'generatedAt'> = {
    title,
    version,
    slas: judgedBy(options),
    streaming: options.streaming ?? canStream(),
    transport: defaultTransport()?.name ?? 'k6/http',
    configuration: settings(),
    ...(options.scenarios !== undefined && { load: askedBy(options.scenarios) }),
    // Its steps tell by themselves what was dropped: at the last one that is no fault.
    ...(options.sweep !== undefined && {
      sweep: options.sweep,
      load: { asked: {}, others: true, arrivals: false },
    }),
    ...(options.certificate !== undefined && {
      certificate: checkCertificate(options.certificate),
    }),
    ...(options.sideBySide !== undefined && { sideBySide: options.sideBySide }),
  }

  return (data) => {
    const generatedAt = new Date().toISOString()
    const base = baseOf(options, title, generatedAt)
    const output: { [destination: string]: string } = {}
    const state = (data as { state?: { isStdOutTTY?: boolean } } | null)?.state
    const noColor = (data as { options?: { noColor?: boolean } } | null)?.options?.noColor
    // A throw would lose every format: k6 then prints its own summary and nothing else.
    const attempt = (what: string, make: () => void) => {
      try {
        make()
      } catch (error) {
        const { stack } = error as Error
        output.stderr = `${output.stderr ?? ''}k6-llm: ${what} could not be made: ${String(error)}\n${
          stack ?? ''
        }\n`
      }
    }

    let report: Report | undefined
    attempt('the report', () => {
      const failures = failuresOf(data)
      const plan = planOf(testOptions())
      const { notes } = options
      const given = (data as { setup_data?: unknown } | null)?.setup_data
      const told = typeof notes === 'function' ? notes(given === undefined ? null : given) : notes
      let load = context.load
      try {
        // k6 tells its scenarios only while it runs.
        const users = usersTogether()
        if (startsAtOnce(users)) {
          load = { ...(load ?? { asked: {}, others: false, arrivals: true }), together: users }
        }
      } catch (_notInARun) {
        // Read again after it (`k6-llm report`): the record has what was judged then.
      }
      report = toReport(data, {
        ...context,
        ...(failures && { failures }),
        ...(load && { load }),
        notes: notesOf(told),
        generatedAt,
        plan,
      })
    })
    if (report === undefined) {
      output[`${base}.json`] = rawJson(data)
      return output
    }
    const made = report
    for (const format of formats) {
      const file = FILES[format]
      if (!file) continue
      attempt(`the ${format} report`, () => {
        output[base + file.ending] = file.render(made, locale)
      })
    }
    if (formats.indexOf('text') >= 0) {
      const files = Object.keys(output).filter((name) => name !== 'stderr')
      attempt('the text', () => {
        output.stdout = renderText(made, {
          locale,
          color: state?.isStdOutTTY === true && !noColor && env.string('NO_COLOR') === undefined,
          files,
        })
      })
    }
    return output
  }
}

/** How many iterations were asked for; users without a rate ask for no number. */
function askedBy(scenarios: ScenarioGroup): AskedLoad {
  const asked = askedIterations(scenarios)
  const load = Object.keys(scenarios).filter((name) => scenarios[name]?.exec !== 'clientLag')
  return {
    asked,
    others: load.some((name) => asked[name] === undefined),
    arrivals: load.some((name) => isArrivalRate(scenarios[name])),
  }
}

/** Each SLA of a test with the options of its thresholds: its own, else those of all. */
export function judgements(options: SummaryOptions): { sla: Sla; options: ThresholdOptions }[] {
  const common: ThresholdOptions = {}
  for (const name of THRESHOLD_OPTIONS.concat('scenarios')) {
    if (options[name] !== undefined) Object.assign(common, { [name]: options[name] })
  }
  const given = options.sla === undefined ? [] : options.sla
  return (Array.isArray(given) ? given : [given]).map((entry) => {
    const { sla, ...own } = (
      entry !== null && typeof entry === 'object' && 'sla' in entry ? entry : { sla: entry }
    ) as JudgedSla
    return { sla, options: { ...common, ...own } }
  })
}

function judgedBy(given: SummaryOptions): ReportContext['slas'] {
  return judgements(given).map(({ sla, options }) => {
    const limits = describeSla(sla, options)
    const { name, source, variables } = resolveSla(sla)
    return {
      name: name ?? 'SLA',
      ...(source && { source }),
      ...(variables && { variables }),
      limits,
    }
  })
}

function checkOptions(options: SummaryOptions): void {
  for (const name of Object.keys(options)) {
    if (SUMMARY_OPTIONS.indexOf(name) < 0) {
      unknownName(`createSummary: no option ${show(name)}; expected one of`, name, SUMMARY_OPTIONS)
    }
  }
  for (const name of ['title', 'directory', 'file', 'sideBySide'] as const) {
    const value = options[name]
    if (value !== undefined && (typeof value !== 'string' || value.trim() === '')) {
      misuse(`createSummary: ${name}=${show(value)}: expected a text`)
    }
  }
  const { notes } = options
  const locale = options.locale ?? env.string('LOCALE')
  if (locale !== undefined && LOCALES.indexOf(locale as Locale) < 0) {
    const where = options.locale === undefined ? 'LOCALE' : 'createSummary: locale'
    misuse(`${where}=${show(locale)}: expected ${LOCALES.join(' or ')}`)
  }
  const kinds = ['undefined', 'string', 'function']
  if (kinds.indexOf(typeof notes) < 0 && !isPlain(notes)) {
    misuse(
      `createSummary: notes=${show(notes)}: expected a text or an object like { model: 'x' }, or a ` +
        'function that gives one',
    )
  }
}

/** As the script, else the environment says. */
function formatsOf(options: SummaryOptions): string[] {
  const named = env.list('REPORT_FORMATS')
  const formats: unknown = options.formats ?? named ?? ['text', 'json']
  const known = ['text'].concat(Object.keys(FILES))
  if (
    !Array.isArray(formats) ||
    formats.length === 0 ||
    formats.some((format) => known.indexOf(format) < 0)
  ) {
    const where = options.formats === undefined ? 'REPORT_FORMATS' : 'createSummary: formats'
    misuse(`${where}=${show(formats)}: expected a list of ${known.join(', ')}`)
  }
  return formats
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
