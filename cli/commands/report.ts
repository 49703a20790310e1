import { type Command, Option } from 'commander'
import type { Locale } from '#node'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { checkSeed, stepSummary } from '../options.ts'
import type { Format } from '../report/formats.ts'
import type { Given } from '../report/thresholds.ts'
import type { Reading } from '../samples/read.ts'

interface Options {
  /** file; false: `--no-thresholds` */
  thresholds?: string | false
  /** number, or `all` */
  run?: string
  title: string
  format: Format
  json?: true
  /** files */
  write: string[]
  goal: string[]
  by?: string
  threshold: string[]
  seed: string
  github?: true
  locale: Locale
}

export function add(program: Command) {
  const several = (text: string, all: string[]) => [...all, text]
  const command = program
    .command('report')
    .summary('a report from the samples that k6 wrote')
    .description(
      "Makes the report of a run from k6's raw samples (k6 run --out json=FILE or --out csv=FILE, " +
        'gzipped or not). Thresholds are judged again, as k6 does.',
    )
    .argument('<result...>', 'files of one run, such as of several instances; - for stdin')
    .option('--thresholds <file>', 'thresholds that the samples do not have: see below')
    .option('--no-thresholds', 'leave out those of the report that lies beside the samples')
    .option('--run <n>', 'which of several runs in the samples; all takes them for one')
    .option('--title <text>', "the report's heading", 'k6-llm')
    .addOption(
      new Option('--format <format>', 'what goes to stdout')
        .default('text')
        .choices(['text', 'markdown', 'html', 'json', 'junit']),
    )
    .option('--json', 'the same as --format json')
    .option(
      '--write <file>',
      'write a file as well; its ending tells the format: .html, .md, .json, .xml (JUnit), .txt; may be given again',
      several,
      [],
    )
    .option(
      '--goal <metric:goal>',
      'what each step of a sweep must meet, like llm_ttft:p(95)<2000; may be given again in place of ' +
        "the run's thresholds",
      several,
      [],
    )
    .option(
      '--by <tag>',
      'compare groups by this tag (default: scenario or model, where there are 2 or 3)',
    )
    .option(
      '--threshold <share>',
      'difference between groups that matters: as of k6-llm compare',
      several,
      [],
    )
    .option('--seed <n>', 'of the bootstrap', '1')
    .option('--github', 'append the Markdown to $GITHUB_STEP_SUMMARY; done anyway where it is set')
    .addOption(
      new Option('--locale <language>', 'language of the text').default('en').choices(['en', 'ko']),
    )
  explain(command, {
    notes: `Thresholds: k6 writes those of whole metrics into its JSON, those of sub-metrics
such as llm_ttft{phase:measure} it does not, and into CSV none. They come from
the JSON that handleSummary of the same run wrote beside the samples or in
results/ there (found by its time and its counts), or by --thresholds from that
or from k6 inspect script.js > options.json (with the same -e as the run). What
is not judged is named in the report.

A broken line is left out and named; a line that was cut off at the end, or a
gzip that ends too early, loses nothing that came before.`,
    examples: [
      'k6 run --out json=samples.json.gz script.js',
      'k6-llm report samples.json.gz',
      'k6-llm report --thresholds options.json one.json two.json',
      'k6-llm report --write report.html --write junit.xml samples.json',
      "k6-llm report --goal 'llm_ttft:p(95)<2000' sweep.json",
    ],
    exitCodes: {
      0: 'the report was made; no threshold is crossed, or none is known',
      1: 'a file cannot be used; the report is of the others, if there are any',
      2: 'wrong use',
      99: 'a threshold is crossed',
      105: 'the run was interrupted: neither passed nor failed',
    },
  })
  whenCalled(command, run)
}

async function run(files: string[], options: Options): Promise<number> {
  const { title, format, json, write, goal: goals, by, locale } = options
  // Heavy: only where a report is made.
  const [{ formatOfFile, render }, { makeReport }, { thresholds }, { version }, { writeTo }] =
    await Promise.all([
      import('../report/formats.ts'),
      import('../report/make.ts'),
      import('../compare/threshold.ts'),
      import('../package-root.ts'),
      import('../write.ts'),
    ])
  const outputs = write.map((file) => ({ file, format: formatOfFile(file) }))
  const seed = checkSeed(options.seed)
  const threshold = thresholds(options.threshold)
  const summary = stepSummary(options.github)
  for (const text of goals) await checkGoal(text)
  const told = options.thresholds
  const readBy = (given: Given | undefined) => read(files, { given, by, run: readRun(options.run) })
  const { reading, given } =
    told === undefined
      ? await (await import('../report/beside.ts')).readWithGoals(files, readBy)
      : await readToldBy(told, readBy)
  warn([...reading.warnings, ...reading.failures])
  const generatedAt = new Date().toISOString()
  const about = { title, generatedAt, version, locale }
  const made = makeReport(reading, { ...about, given, goals, by, seed, threshold })
  const { report } = made
  warn(made.unjudged)
  for (const output of outputs) writeTo(output.file, render(report, output.format, { locale }))
  if (summary) writeTo(summary, render(report, 'markdown', { locale }), true)
  const color = process.stdout.isTTY && !process.env.NO_COLOR
  process.stdout.write(render(report, json ? 'json' : format, { locale, color }))
  if (reading.failures.length > 0) return EXIT.failed
  if (report.verdict === 'interrupted') return EXIT.k6Interrupted
  return report.verdict === 'fail' ? EXIT.notMet : EXIT.ok
}

function warn(texts: string[]) {
  for (const text of texts) process.stderr.write(`k6-llm report: ${text}\n`)
}

async function readToldBy(
  file: string | false,
  readBy: (given: Given | undefined) => Promise<Reading>,
): Promise<{ reading: Reading; given?: Given }> {
  if (file === false) return { reading: await readBy(undefined) }
  const { NoThresholds, readThresholds } = await import('../report/thresholds.ts')
  try {
    const given = readThresholds(file)
    return { reading: await readBy(given), given }
  } catch (error) {
    if (!(error instanceof NoThresholds)) throw error
    throw new CommandError(`--thresholds ${error.message}`)
  }
}

function readRun(text: string | undefined): number | 'all' | undefined {
  if (text === undefined || text === 'all') return text
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new CommandError(`--run ${text}: expected a number from 1 on, or all`, EXIT.wrongUse)
}

interface ReadBy {
  given: Given | undefined
  by: string | undefined
  run: number | 'all' | undefined
}

async function read(files: string[], { given, by, run }: ReadBy): Promise<Reading> {
  const [{ readSamples, SeveralRuns, UnreadableFile }, { showProgress }] = await Promise.all([
    import('../samples/read.ts'),
    import('../samples/progress.ts'),
  ])
  const progress = showProgress()
  try {
    return await readSamples(files, {
      thresholds: given?.thresholds,
      types: given?.types,
      by: by === undefined ? [] : [by],
      run,
      onProgress: progress.onProgress,
    })
  } catch (error) {
    if (error instanceof SeveralRuns) {
      const fix =
        'a report is of one: give --run with its number, or --run all to take them for one'
      throw new CommandError(`${error.message}; ${fix}`, EXIT.wrongUse)
    }
    if (!(error instanceof UnreadableFile)) throw error
    throw new CommandError(error.message)
  } finally {
    progress.done()
  }
}

async function checkGoal(text: string) {
  const { parseGoal } = await import('../report/step-goals.ts')
  if (parseGoal(text)) return
  throw new CommandError(
    `--goal ${text}: expected METRIC:GOAL as in k6's thresholds, like llm_ttft:p(95)<2000`,
    EXIT.wrongUse,
  )
}
