import { arch, cpus, release, type } from 'node:os'
import { type Command, Option } from 'commander'
import type { Certificate, CertificateStep, CertifiedStart, CertifiedWay } from '#node'
import { CommandError, EXIT, explain, whenCalled } from '../command.ts'
import { fetchesExtensions, findK6, INSTALL, type K6 } from '../find-k6.ts'
import { number } from '../options.ts'
import { version } from '../package-root.ts'
import { startRelayFor } from '../run/relay.ts'
import { orNoK6 } from '../run/which-k6.ts'
import { writeTo } from '../write.ts'

/** Streams at the time, where none are asked for. */
const LADDER = [1, 5, 10, 25, 50, 100]
/** From so many on it tells whether they begin together. */
const TOGETHER = 10

interface Options {
  /** at the time */
  streams?: number
  /** tokens per second of each */
  rate: number
  /** ms */
  limit?: number
  k6?: string
  stream?: 'relay' | 'sse'
  json?: true
  /** file */
  out?: string
}

export function add(program: Command) {
  const command = program
    .command('calibrate')
    .summary('how far off times are on this machine')
    .description(
      'Measures how far the times of k6-llm are off on this machine: runs k6 against a simulated ' +
        'server that keeps when it sent each token, at rising load, with starts that are spread ' +
        'and all at once. Through the relay, and by k6/x/sse too where the k6 has it.',
    )
    .option('--streams <n>', 'only this many streams at the time', number(1, 1000, true))
    .option('--rate <n>', 'tokens per second of each stream', number(1, 1000), 50)
    .option(
      '--limit <ms>',
      'that p99 of both errors must stay under; 5 unless given',
      number(0.001),
    )
    .addOption(
      new Option('--stream <way>', 'only this way to see tokens arriving').choices([
        'relay',
        'sse',
      ]),
    )
    .option('--k6 <path>', 'the k6 to run; K6_BIN or k6 on PATH unless given')
    .option('--json', 'print the certificate as JSON instead of a table')
    .option('--out <file>', 'write the certificate as JSON, for createSummary({ certificate })')
  explain(command, {
    notes: `Without --streams the loads are ${LADDER.join(', ')} streams, from ${TOGETHER} on
also all at once. A load takes 15 s at most, all of them about 75 s each way.
Run it when nothing else runs: what else the machine does is in the errors.`,
    examples: [
      'k6-llm calibrate',
      'k6-llm calibrate --streams 50 --limit 5 --out certificate.json',
      'k6-llm calibrate --k6 ./k6 --json',
    ],
    exitCodes: {
      0: 'the errors were measured',
      1: 'a load could not be measured: the message says why',
      2: 'wrong use',
      3: 'no k6 was found, or with --stream sse none that has k6/x/sse',
      99: '--limit was given, and with spread starts p99 is not under it at the\n      load asked for (without --streams: at none)',
    },
  })
  whenCalled(command, (options: Options) => measure(options, command))
}

/** @returns the exit code */
async function measure(
  { streams, rate, limit = 5, k6: wanted, stream, json, out }: Options,
  command: Command,
): Promise<number> {
  const k6 = find(wanted, stream)
  const { largestThatHold } = await import('../calibrate/errors.ts')
  const { runStep, StepError, startSimulator } = await import('../calibrate/step.ts')
  const { toText } = await import('../calibrate/table.ts')
  const loads = loadsOf(k6, stream, streams)
  const steps: CertificateStep[] = []
  try {
    const simulator = await startSimulator(rate)
    const relay = loads.some(({ way }) => way === 'relay')
      ? await startRelayFor([simulator.url])
      : undefined
    try {
      for (const load of loads) {
        process.stderr.write(`${aboutLoad(load, rate)} …\n`)
        const own = load.way === 'relay' ? { relay: relay?.url } : {}
        const where = { k6: k6.path, url: simulator.url }
        steps.push(await runStep({ ...where, ...own, ...load, rate, limit }))
      }
    } finally {
      await relay?.stop()
      await simulator.stop()
    }
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    if (steps.length === 0) throw new CommandError(error.message)
    process.stderr.write(`k6-llm calibrate: ${error.message}\n`)
  }
  const certificate: Certificate = {
    schema: 'k6-llm/certificate@2',
    generatedAt: new Date().toISOString(),
    limit,
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model.trim() || 'unknown',
      os: `${type()} ${release()} ${arch()}`,
    },
    versions: { k6llm: version, k6: k6.version, node: process.versions.node },
    steps,
    holds: largestThatHold(steps),
  }
  const text = `${JSON.stringify(certificate, null, 2)}\n`
  if (out !== undefined) writeTo(out, text)
  process.stdout.write(json ? text : toText(certificate))
  if (steps.length < loads.length) return EXIT.failed
  const missed = certificate.holds.some((hold) => hold.start === 'spread' && hold.streams === null)
  return missed && command.getOptionValueSource('limit') === 'cli' ? EXIT.notMet : EXIT.ok
}

/** What is measured: of each way the loads with spread starts, then those that start at once. */
interface Load {
  way: CertifiedWay
  start: CertifiedStart
  streams: number
}

function loadsOf(k6: K6, stream: Options['stream'], streams: number | undefined): Load[] {
  const ways: CertifiedWay[] = []
  if (stream !== 'sse') ways.push('relay')
  if (stream !== 'relay' && k6.streams) ways.push('k6/x/sse')
  const ladder = streams === undefined ? LADDER : [streams]
  const least = streams === undefined ? TOGETHER : 2
  return ways.flatMap((way) => [
    ...ladder.map((load): Load => ({ way, start: 'spread', streams: load })),
    ...ladder
      .filter((load) => load >= least)
      .map((load): Load => ({ way, start: 'together', streams: load })),
  ])
}

function aboutLoad({ way, start, streams }: Load, rate: number): string {
  const together = start === 'together' ? ', all at once' : ''
  return `${way}: ${streams} ${streams === 1 ? 'stream' : 'streams'} of ${rate} tokens/s${together}`
}

function find(wanted: string | undefined, stream: Options['stream']): K6 {
  const k6 = orNoK6(() => findK6(wanted))
  if (k6 === undefined) {
    throw new CommandError(
      `no k6 was found; install it: ${INSTALL.k6}, or name it by --k6 /path/to/k6`,
      EXIT.noK6,
    )
  }
  if (stream !== 'sse' || k6.streams) return k6
  const fetches = fetchesExtensions(k6.version)
    ? 'it fetches it for a script where it is online, but calibrate wants one that has it'
    : 'k6 1.2 or newer fetches it where it is online'
  throw new CommandError(
    `${k6.path} (k6 ${k6.version}) is without k6/x/sse (${fetches}); without --stream sse the ` +
      'relay is measured, with any k6',
    EXIT.noK6,
  )
}
