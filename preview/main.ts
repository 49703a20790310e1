#!/usr/bin/env node
// node dist/preview/main.js run SCRIPT: runs a k6 script without k6.
import { Command, InvalidArgumentError, Option } from 'commander'
import { version } from '#node'
import { parseStages } from './options.ts'
import { runScript } from './run.ts'

const program = new Command('k6-llm preview')
  .description('Runs a k6 script in Node, for machines without k6. No figure of it is a benchmark.')
  .version(`k6-llm preview ${version}`)

program
  .command('version')
  .description('print the version')
  .action(() => console.log(`k6-llm preview v${version}`))

program
  .command('run')
  .description('run a script')
  .argument('<script>', 'the k6 script')
  .option('-e, --env <NAME=value>', 'a variable of the script (repeatable)', pair, {})
  .option('-u, --vus <number>', 'users', whole)
  .option('-d, --duration <time>', 'how long, like 30s')
  .option('-i, --iterations <number>', 'iterations in all', whole)
  .option('-s, --stage <time:target>', 'a stage, like 30s:10 (repeatable)', stage)
  .option('--tag <name=value>', 'a tag of every sample (repeatable)', pair)
  .option('-o, --out <json=FILE>', 'every sample as a line of JSON', list)
  .option('--summary-export <file>', 'the summary as JSON')
  .option('--summary-trend-stats <list>', 'figures of trends, like avg,p(95),count')
  .option('--no-summary', 'no summary, no handleSummary')
  .option('--no-setup', 'do not run setup()')
  .option('--no-teardown', 'do not run teardown()')
  .option('--no-thresholds', 'do not look at thresholds')
  .option('-w, --throw', 'failed requests throw')
  .option('--insecure-skip-tls-verify', 'trust any certificate')
  .option('-q, --quiet', 'no progress')
  .option('-v, --verbose', 'more log')
  .option('--no-color', 'no colours')
  .addOption(new Option('--log-format <format>', 'of the log').choices(['text', 'raw', 'json']))
  .option('--console-output <file>', 'a file for what the script writes by console')
  // Flags of k6 that mean nothing here.
  .addOption(new Option('--address <address>').hideHelp())
  .addOption(new Option('--no-usage-report').hideHelp())
  .addOption(new Option('--summary-mode <mode>').hideHelp())
  .action(async (script, flags) => {
    process.exitCode = await runScript(script, {
      env: flags.env,
      options: {
        vus: flags.vus,
        duration: flags.duration,
        iterations: flags.iterations,
        stages: flags.stage,
        tags: flags.tag,
        summaryTrendStats: flags.summaryTrendStats?.split(','),
        throw: flags.throw,
        insecureSkipTLSVerify: flags.insecureSkipTlsVerify,
      },
      out: flags.out,
      summaryExport: flags.summaryExport,
      noSummary: !flags.summary,
      noSetup: !flags.setup,
      noTeardown: !flags.teardown,
      noThresholds: !flags.thresholds,
      quiet: flags.quiet,
      verbose: flags.verbose,
      noColor: !flags.color,
      logFormat: flags.logFormat,
      consoleOutput: flags.consoleOutput,
    })
  })

await program.parseAsync()

function pair(text: string, before: Record<string, string> = {}) {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected NAME=value')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function whole(text: string) {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('expected a whole number, 1 or more')
  }
  return value
}

function list(text: string, before: string[] = []) {
  return [...before, text]
}

function stage(text: string, before: object[] = []) {
  return [...before, ...parseStages(text)]
}
