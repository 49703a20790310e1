import { env } from '../core/env.ts'
import { misuse, show } from '../core/errors.ts'
import { describeSla } from '../sla/limits.ts'
import type { ThresholdOptions } from '../sla/options.ts'
import { resolveSla, type Sla } from '../sla/sla.ts'
import type { ScenarioGroup } from '../workload/profiles.ts'
import { askedIterations, isArrivalRate } from '../workload/validity.ts'
import { type Certificate, checkCertificate } from './certificate.ts'
import { type Locale, MESSAGES } from './messages.ts'
import { type ReportContext, toReport } from './record.ts'
import { renderText } from './text.ts'
import type { AskedLoad } from './validity.ts'

/** An SLA with the options that its thresholds were made with. */
export interface JudgedSla extends ThresholdOptions {
  sla: Sla
}

export type SummaryFormat = 'text' | 'json'

/** Options of {@link createSummary}; those of `toThresholds` hold for each SLA without its own. */
export interface SummaryOptions extends ThresholdOptions {
  /** Heading, and the base of the file's name. @default 'k6-llm' */
  title?: string
  /**
   * What the run was judged by, so that the report can say what was not measured: an SLA, or a
   * list of SLAs or of `{ sla, tags, … }` with the options given to `toThresholds`. @default none
   */
  sla?: Sla | JudgedSla | (Sla | JudgedSla)[]
  /** `text` on the terminal, `json` in a file. @default ['text', 'json'] */
  formats?: SummaryFormat[]
  /** Where files go. k6 makes no directories: it must exist. @default `RESULTS_DIR`, else 'results' */
  directory?: string
  /** Path of the JSON file. @default `directory`/`title`-`time`.json, time in UTC */
  file?: string
  /** Language of the text. @default 'en' */
  locale?: Locale
  /** What else to keep with the result, like `{ model: 'x', server: 'vLLM, TP=2' }`. @default none */
  notes?: string | { [label: string]: string | number }
  /**
   * The scenarios of the run, as in `options.scenarios`: the report then tells how many of the
   * iterations that they ask for came to their end. @default not compared
   */
  scenarios?: ScenarioGroup
  /**
   * The errors of time that were measured on this machine, as `calibrate --out` wrote them:
   * `JSON.parse(open('./certificate.json'))`. @default none
   */
  certificate?: Certificate
}

const OPTIONS = [
  'title',
  'sla',
  'formats',
  'directory',
  'file',
  'locale',
  'notes',
  'scenarios',
  'certificate',
]
const THRESHOLD_OPTIONS = ['tags', 'abort', 'unmeasured', 'streaming', 'window'] as const

/** The build writes the version of package.json here. */
const VERSION = '__VERSION__'

/**
 * A `handleSummary` for k6: text on the terminal, and the report record as a JSON file.
 *
 * The file goes into a directory that must exist, since k6 makes none: where it does not, k6 logs
 * an error and prints the text all the same, and its exit code stays. What `setup()` returned
 * (tokens, passwords) is not written. If a report cannot be made, the reason goes to stderr and
 * k6's figures to the file.
 *
 * @example export const handleSummary = createSummary({ title: 'load test', sla: slaPresets.guideChat })
 * @throws at init for an option that cannot be read
 */
export function createSummary(
  options: SummaryOptions = {},
): (data: unknown) => { [destination: string]: string } {
  checkOptions(options)
  const title = (options.title ?? 'k6-llm').replace(/\s+/g, ' ').trim()
  const formats = options.formats ?? ['text', 'json']
  const notes = options.notes ?? {}
  const context: Omit<ReportContext, 'generatedAt'> = {
    title,
    version: VERSION,
    slas: judgedBy(options),
    notes:
      typeof notes === 'string'
        ? [{ text: notes }]
        : Object.keys(notes).map((label) => ({ label, text: String(notes[label]) })),
    ...(options.scenarios !== undefined && { load: askedBy(options.scenarios) }),
    ...(options.certificate !== undefined && {
      certificate: checkCertificate(options.certificate),
    }),
  }

  return (data) => {
    const generatedAt = new Date().toISOString()
    const stamp = generatedAt.slice(0, 19).replace(/[-:]/g, '')
    const directory = (
      options.directory ?? (env.string('RESULTS_DIR', 'results') as string)
    ).replace(/\/+$/, '')
    const file = options.file ?? `${directory}/${slug(title)}-${stamp}Z.json`
    const json = formats.indexOf('json') >= 0
    const output: { [destination: string]: string } = {}
    const state = (data as { state?: { isStdOutTTY?: boolean } } | null)?.state
    const noColor = (data as { options?: { noColor?: boolean } } | null)?.options?.noColor
    try {
      const report = toReport(data, { ...context, generatedAt })
      if (json) output[file] = `${JSON.stringify(report, null, 2)}\n`
      if (formats.indexOf('text') >= 0) {
        output.stdout = renderText(report, {
          locale: options.locale,
          color: state?.isStdOutTTY === true && !noColor && env.string('NO_COLOR') === undefined,
          files: json ? [file] : [],
        })
      }
    } catch (error) {
      // A throw would lose the file as well: k6 then prints its own summary and nothing else.
      const { stack } = error as Error
      output.stderr = `k6-llm: the report could not be made: ${String(error)}\n${stack ?? ''}\n`
      // setup_data may hold tokens.
      if (json && output[file] === undefined) {
        output[file] = JSON.stringify(data, (key, value) =>
          key === 'setup_data' ? undefined : value,
        )
      }
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

function judgedBy(options: SummaryOptions): ReportContext['slas'] {
  const common: ThresholdOptions = {}
  for (const name of THRESHOLD_OPTIONS) {
    if (options[name] !== undefined) Object.assign(common, { [name]: options[name] })
  }
  const given = options.sla === undefined ? [] : options.sla
  return (Array.isArray(given) ? given : [given]).map((entry) => {
    const { sla, ...own } = (
      entry !== null && typeof entry === 'object' && 'sla' in entry ? entry : { sla: entry }
    ) as JudgedSla
    const limits = describeSla(sla, { ...common, ...own })
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
  const known = OPTIONS.concat(THRESHOLD_OPTIONS)
  for (const name of Object.keys(options)) {
    if (known.indexOf(name) < 0) {
      misuse(`createSummary: no option ${show(name)}; expected one of ${known.join(', ')}`)
    }
  }
  for (const name of ['title', 'directory', 'file'] as const) {
    const value = options[name]
    if (value !== undefined && (typeof value !== 'string' || value.trim() === '')) {
      misuse(`createSummary: ${name}=${show(value)}: expected a text`)
    }
  }
  const { formats, locale, notes } = options
  if (formats !== undefined) {
    const wrong = Array.isArray(formats)
      ? formats.filter((format) => format !== 'text' && format !== 'json')
      : [formats]
    if (wrong.length > 0 || formats.length === 0) {
      misuse(`createSummary: formats=${show(formats)}: expected a list of 'text' and 'json'`)
    }
  }
  if (locale !== undefined && Object.keys(MESSAGES).indexOf(locale) < 0) {
    const all = Object.keys(MESSAGES).join(' or ')
    misuse(`createSummary: locale=${show(locale)}: expected ${all}`)
  }
  if (notes === null || (notes !== undefined && typeof notes !== 'string' && !isPlain(notes))) {
    misuse(`createSummary: notes=${show(notes)}: expected a text or an object like { model: 'x' }`)
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A file name from a title: small letters, digits and Hangul, Han or other letters, with dashes. */
function slug(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9\u00c0-\u02af\u0370-\u1fff\u3040-\u9fff\uac00-\ud7a3]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'report' : name
}
