import { arch, cpus, release, type } from 'node:os'
import type { Command } from 'commander'
import type { Certificate, CertificateStep } from '#node'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { findK6, INSTALL, type K6 } from '../find-k6.ts'
import { number } from '../options.ts'
import { version } from '../package-root.ts'
import { orNoK6 } from '../run/which-k6.ts'
import { writeTo } from '../write.ts'

/** Streams at the time, where none are asked for. */
const LADDER = [1, 5, 10, 25, 50, 100]

interface Options {
  /** at the time */
  streams?: number
  /** tokens per second of each */
  rate: number
  /** ms */
  limit?: number
  k6?: string
  json?: true
  /** file */
  out?: string
}

export function add(program: Command) {
  const command = program
    .command('calibrate')
    .summary('how far off times are on this machine')
    .description(
      'Measures how far the times of k6-llm are off on this machine: runs k6 with k6/x/sse ' +
        'against a simulated server that keeps when it sent each token, at rising load.',
    )
    .option('--streams <n>', 'only this many streams at the time', number(1, 1000, true))
    .option('--rate <n>', 'tokens per second of each stream', number(1, 1000), 50)
    .option(
      '--limit <ms>',
      'that p99 of both errors must stay under; 5 unless given',
      number(0.001),
    )
    .option('--k6 <path>', 'the k6 to run; K6_BIN or k6 on PATH unless given')
    .option('--json', 'print the certificate as JSON instead of a table')
    .option('--out <file>', 'write the certificate as JSON, for createSummary({ certificate })')
  explain(command, {
    notes: `Without --streams the loads are ${LADDER.join(', ')} streams. A load takes 10 s
at most, all of them about 45 s. Run it when nothing else runs: what else the
machine does is in the errors.`,
    examples: [
      'k6-llm calibrate',
      'k6-llm calibrate --streams 50 --limit 5 --out certificate.json',
      'k6-llm calibrate --k6 ./k6 --json',
    ],
    exitCodes: {
      0: 'the errors were measured',
      1: 'a load could not be measured: the message says why',
      2: 'wrong use',
      3: 'no k6 with the extension k6/x/sse was found',
      99: '--limit was given, and p99 is not under it at the load asked for\n      (without --streams: at none)',
    },
  })
  whenCalled(command, (options: Options) => measure(options, command))
}

/** @returns the exit code */
async function measure(
  { streams, rate, limit = 5, k6: wanted, json, out }: Options,
  command: Command,
): Promise<number> {
  const k6 = find(wanted)
  const { largestThatHolds } = await import('../calibrate/errors.ts')
  const { runStep, StepError, startSimulator } = await import('../calibrate/step.ts')
  const { toText } = await import('../calibrate/table.ts')
  const loads = streams === undefined ? LADDER : [streams]
  const steps: CertificateStep[] = []
  try {
    const simulator = await startSimulator(rate)
    try {
      for (const load of loads) {
        process.stderr.write(`${load} ${load === 1 ? 'stream' : 'streams'} of ${rate} tokens/s …\n`)
        steps.push(await runStep({ k6: k6.path, url: simulator.url, streams: load, rate, limit }))
      }
    } finally {
      await simulator.stop()
    }
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    if (steps.length === 0) throw new CommandError(error.message)
    process.stderr.write(`k6-llm calibrate: ${error.message}\n`)
  }
  const certificate: Certificate = {
    schema: 'k6-llm/certificate@1',
    generatedAt: new Date().toISOString(),
    limit,
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model.trim() || 'unknown',
      os: `${type()} ${release()} ${arch()}`,
    },
    versions: { k6llm: version, k6: k6.version, node: process.versions.node },
    steps,
    holds: largestThatHolds(steps),
  }
  const text = `${JSON.stringify(certificate, null, 2)}\n`
  if (out !== undefined) writeTo(out, text)
  process.stdout.write(json ? text : toText(certificate))
  if (steps.length < loads.length) return EXIT.failed
  return certificate.holds === null && command.getOptionValueSource('limit') === 'cli'
    ? EXIT.notMet
    : EXIT.ok
}

function find(wanted: string | undefined): K6 {
  const k6 = orNoK6(() => findK6(wanted))
  if (k6?.streams) return k6
  const build = `how to build one: ${INSTALL.sse}; name it by --k6 /path/to/k6`
  throw new CommandError(
    k6 === undefined
      ? `no k6 was found; expected one with k6/x/sse; ${build}`
      : `${k6.path} (k6 ${k6.version}) has no k6/x/sse, so it sees no token arrive and its times ` +
          `cannot be checked; ${build}`,
    EXIT.noK6,
  )
}
