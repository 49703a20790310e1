import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Locale, type Report, renderText } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { inPackage } from '../package-root.ts'
import { isReport } from '../samples/document.ts'
import { codeOf as codeOfRun, makeDirectory, type RunOptions, runOnce, timeStamp } from './once.ts'
import { strictVerdict } from './strict.ts'
import { type Row, rowOf, toTable } from './table.ts'

/** The guide's four, in its order. */
export const TESTS = ['load-test', 'streaming-test', 'comprehensive-test', 'model-management-test']

/** Raw samples of the four tests take 10 to 100 MB; a disk that fills up ends k6's outputs. */
const LEAST_SPACE = 500e6

export interface AllOptions extends Omit<RunOptions, 'script' | 'judge'> {
  tests?: string[]
  strict: boolean
  json: boolean
}

/**
 * Runs the four reference tests one after the other, or some of them. What they write goes into one
 * folder of its own time.
 *
 * @returns the first code that is not 0
 */
export async function runAll({
  tests = TESTS,
  strict,
  json,
  ...options
}: AllOptions): Promise<number> {
  const { say } = options
  const base = options.variables?.RESULTS_DIR || process.env.RESULTS_DIR || 'results'
  const directory = join(base, timeStamp(new Date()))
  makeDirectory(directory)
  const rows: Row[] = []
  const reports: Report[] = []
  let interrupted = false
  for (const [i, test] of tests.entries()) {
    if (interrupted) {
      rows.push({ test, code: null })
      continue
    }
    checkSpace(directory)
    say(`${test}, ${i + 1} of ${tests.length}`)
    const before = new Set(readdirSync(directory))
    const outcome = await runOnce({
      ...options,
      ask: i === 0 ? options.ask : undefined,
      script: inPackage(`examples/${test}.js`),
      variables: { ...options.variables, RESULTS_DIR: directory.replaceAll('\\', '/') },
      outs: outsOf(options.outs ?? [], directory, test, options.engine.writesSamples),
    })
    interrupted = outcome.interrupted
    const report = findReport(directory, before)
    if (report) reports.push(report)
    rows.push(rowOf(test, codeOfRun(outcome), report, outcome.exceptions !== undefined))
    if (!strict) continue
    for (const line of strictVerdict(report?.validity).lines) say(`${test}: ${line}`)
  }
  if (reports.length > 0) {
    const text = reports.map((report) => renderText(report, { locale: localeOf(options) }))
    writeFileSync(join(directory, 'report.txt'), `${toTable(rows)}\n\n${text.join('\n\n')}`)
  }
  const code = codeOf(rows, strict)
  if (json) process.stdout.write(`${JSON.stringify({ directory, code, tests: rows }, null, 2)}\n`)
  else process.stdout.write(`\n${toTable(rows)}\n\nReports and samples are in ${directory}\n`)
  return code
}

/** k6's own code where one is not 0: of the first such test. */
export function codeOf(rows: Row[], strict: boolean): number {
  const bad = rows.find(({ code }) => code)?.code
  if (bad) return bad
  const watched = rows.every(({ validity }) => validity === 'valid' || validity === 'suspect')
  return strict && !watched ? EXIT.invalid : EXIT.ok
}

/**
 * Each test has its raw samples in a file of its own. Outputs to files that were asked for get the
 * name of the test: four tests would write over one file.
 *
 * @param raw whether samples can be written
 */
export function outsOf(asked: string[], directory: string, test: string, raw: boolean): string[] {
  const outs = asked.map((out) => {
    const [, kind, file] = /^(json|csv)=(.+)$/.exec(out) ?? []
    return kind && file ? `${kind}=${join(dirname(file), `${test}-${basename(file)}`)}` : out
  })
  if (raw && !asked.some((out) => /^json\b/.test(out))) {
    outs.push(`json=${join(directory, `${test}.samples.json`)}`)
  }
  return outs
}

/** @param before names that were there before the test */
function findReport(directory: string, before: Set<string>): Report | undefined {
  const fresh = readdirSync(directory).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.samples.json') && !before.has(name),
  )
  for (const name of fresh) {
    try {
      const report: unknown = JSON.parse(readFileSync(join(directory, name), 'utf8'))
      if (isReport(report)) return report
    } catch {
      // another file
    }
  }
  return undefined
}

function checkSpace(directory: string) {
  const { bavail, bsize } = statfsSync(directory)
  if (bavail * bsize >= LEAST_SPACE) return
  throw new CommandError(
    `${directory}: ${Math.round((bavail * bsize) / 1e6)} MB are free there; expected ` +
      `${LEAST_SPACE / 1e6} MB or more for the samples; make room, or name another place by RESULTS_DIR`,
  )
}

function localeOf({ variables }: Pick<RunOptions, 'variables'>): Locale {
  return (variables?.LOCALE || process.env.LOCALE) === 'ko' ? 'ko' : 'en'
}
