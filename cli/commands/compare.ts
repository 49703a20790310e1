import { type Command, Option } from 'commander'
import { EXIT, explain, whenCalled } from '../command.ts'
import { checkSeed, stepSummary } from '../options.ts'

const WORSE = 1

interface Options {
  threshold: string[]
  only: string[]
  seed: string
  format: 'text' | 'markdown' | 'json'
  json?: true
  github?: true
}

export function add(program: Command) {
  const several = (text: string, all: string[]) => [...all, text]
  const command = program
    .command('compare')
    .summary('is a run worse than another, or is it chance?')
    .description(
      "Compares two runs by k6's raw samples (--out json or csv): each difference with its interval, " +
        'whether it is more than chance, and whether it is large enough to matter.',
    )
    .argument('<base>', 'samples of the run to compare with')
    .argument('<new>', 'samples of the run in question')
    .option(
      '--threshold <share>',
      'what matters: 5% (the default) for all, or METRIC=10%; of a rate in percentage points ' +
        '(default 1); may be given again',
      several,
      [],
    )
    .option('--only <tag=value>', 'samples with this tag only; may be given again', several, [])
    .option('--seed <n>', 'of the bootstrap', '1')
    .addOption(
      new Option('--format <format>', 'what goes to stdout')
        .default('text')
        .choices(['text', 'markdown', 'json']),
    )
    .option('--json', 'the same as --format json')
    .option('--github', 'append the Markdown to $GITHUB_STEP_SUMMARY; done anyway where it is set')
  explain(command, {
    notes: `Only the measured part counts (phase: measure, or all without phases). A
difference is worse or better when it is both more than chance (p < 0.05
after Holm's correction for all rows) and over the threshold. What was tested
how is in docs/raw-results.md.

Two JSON reports of handleSummary may be compared too: then percentiles have
no intervals, and only rates are judged.`,
    examples: [
      'k6-llm compare main.json.gz branch.json.gz',
      'k6-llm compare --threshold 10% --threshold llm_failed=0.5% base.json new.json',
      'k6-llm compare --format markdown base.json new.json > comment.md',
    ],
    exitCodes: {
      0: 'not worse: better, the same, or not enough data to tell',
      1: 'worse',
      2: 'wrong use, or a file that cannot be compared',
    },
  })
  whenCalled(command, run)
}

async function run(
  base: string,
  other: string,
  { threshold, only, seed, format, json, github }: Options,
): Promise<number> {
  const [{ thresholds }, { compareFiles }, render, { writeTo }] = await Promise.all([
    import('../compare/threshold.ts'),
    import('../compare/files.ts'),
    import('../compare/render.ts'),
    import('../write.ts'),
  ])
  const summary = stepSummary(github)
  const comparison = await compareFiles(base, other, {
    threshold: thresholds(threshold),
    only,
    seed: checkSeed(seed),
    warn: (text) => process.stderr.write(`k6-llm compare: ${text}\n`),
  })
  const markdown = render.renderMarkdown(comparison)
  if (summary) writeTo(summary, markdown, true)
  const as = json ? 'json' : format
  if (as === 'json') process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`)
  else process.stdout.write(as === 'markdown' ? markdown : render.renderText(comparison))
  return comparison.verdict === 'worse' ? WORSE : EXIT.ok
}
