import { Option } from 'commander'
import { CommandError, EXIT, explain, whenCalled } from '../command.js'

/** @param {import('commander').Command} program */
export function add(program) {
  const command = program
    .command('report')
    .summary('a report from the samples that k6 wrote')
    .description(
      "Makes the report of a run from k6's raw samples (k6 run --out json=FILE or --out csv=FILE, " +
        'gzipped or not). Thresholds are judged again, as k6 does.',
    )
    .argument('<result...>', 'files of one run, such as of several instances; - for stdin')
    .option('--thresholds <file>', 'thresholds that the samples do not have: see below')
    .option('--title <text>', "the report's heading", 'k6-llm')
    .addOption(
      new Option('--format <format>', 'what goes to stdout').default('text').choices(
        ['text', 'json', 'junit'], // cli/report/formats.js
      ),
    )
    .option('--json', 'the same as --format json')
    .option(
      '--write <file>',
      'write a file as well; its ending tells the format: .json, .xml (JUnit), .txt; may be given again',
      (/** @type {string} */ file, /** @type {string[]} */ files) => [...files, file],
      [],
    )
    .addOption(
      new Option('--locale <language>', 'language of the text').default('en').choices(['en', 'ko']),
    )
  explain(command, {
    notes: `Thresholds: k6 writes those of whole metrics into its JSON, those of sub-metrics
such as llm_ttft{phase:measure} it does not, and into CSV none. They come from
  k6 inspect script.js > options.json        (with the same -e as the run), or
  the JSON report that handleSummary wrote
by --thresholds. What is not judged is named in the report.

A broken line is left out and named; a line that was cut off at the end, or a
gzip that ends too early, loses nothing that came before.`,
    examples: [
      'k6 run --out json=samples.json.gz script.js',
      'k6-llm report samples.json.gz',
      'k6-llm report --thresholds options.json one.json two.json',
      'k6-llm report --write report.json --write junit.xml samples.json',
    ],
    exitCodes: {
      0: 'the report was made; no threshold is crossed, or none is known',
      1: 'a file cannot be used; the report is of the others, if there are any',
      2: 'wrong use',
      99: 'a threshold is crossed',
    },
  })
  whenCalled(command, (files, options) => run(files, options))
}

/**
 * @param {string[]} files
 * @param {{ thresholds?: string, title: string, format: import('../report/formats.js').Format,
 *   json?: true, write: string[], locale: 'en' | 'ko' }} options
 */
async function run(files, { thresholds, title, format, json, write, locale }) {
  const [{ loadReports }, { readSamples, UnreadableFile }, { showProgress }, formats, given, make] =
    await Promise.all([
      import('../report-module.js'),
      import('../samples/read.js'),
      import('../samples/progress.js'),
      import('../report/formats.js'),
      import('../report/thresholds.js'),
      import('../report/make.js'),
    ])
  const outputs = write.map((file) => ({ file, format: formats.formatOfFile(file) }))
  const reports = await loadReports()
  let known
  try {
    known = thresholds === undefined ? undefined : given.readThresholds(thresholds)
  } catch (error) {
    if (!(error instanceof given.NoThresholds)) throw error
    throw new CommandError(`--thresholds ${error.message}`)
  }
  const progress = showProgress()
  let reading
  try {
    reading = await readSamples(files, {
      table: reports.METRICS,
      thresholds: known?.thresholds,
      onProgress: progress.onProgress,
    })
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    throw new CommandError(error.message)
  } finally {
    progress.done()
  }
  for (const text of [...reading.warnings, ...reading.failures]) {
    process.stderr.write(`k6-llm report: ${text}\n`)
  }
  const [{ version }, { writeTo }] = await Promise.all([
    import('../version.js'),
    import('../write.js'),
  ])
  const report = make.makeReport(reading, {
    reports,
    title,
    generatedAt: new Date().toISOString(),
    version,
    locale,
    given: known,
  })
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR
  const how = { reports, locale }
  for (const output of outputs) {
    writeTo(output.file, formats.render(report, output.format, how))
  }
  process.stdout.write(formats.render(report, json ? 'json' : format, { ...how, color }))
  if (reading.failures.length > 0) return EXIT.failed
  return report.verdict === 'fail' ? EXIT.notMet : EXIT.ok
}
