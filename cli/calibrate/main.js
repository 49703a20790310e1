import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, type } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { findK6, INSTALL } from '../find-k6.js'
import { largestThatHolds } from './errors.js'
import { runStep, StepError, startSimulator } from './step.js'
import { toText } from './table.js'

/** @import { Certificate, CertificateStep } from '../../src/report/certificate.ts' */

const FAILED = 1
const WRONG_USE = 2
const NO_K6 = 3
const OVER_LIMIT = 99

/** Streams at the time, where none are asked for. */
const LADDER = [1, 5, 10, 25, 50, 100]

const program = new Command('npm run -s calibrate --')
  .description(
    'Measures how far the times of k6-llm are off on this machine: runs k6 with k6/x/sse against ' +
      'a simulated server that keeps when it sent each token, at rising load.',
  )
  .option('--streams <n>', 'only this many streams at the time', number(1, 1000, true))
  .option('--rate <n>', 'tokens per second of each stream', number(1, 1000), 50)
  .option('--limit <ms>', 'that p99 of both errors must stay under; 5 unless given', number(0.001))
  .option('--k6 <path>', 'the k6 to run; K6_BIN or k6 on PATH unless given')
  .option('--json', 'print the certificate as JSON instead of a table')
  .option('--out <file>', 'write the certificate as JSON, for createSummary({ certificate })')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USE))
  .showSuggestionAfterError()
  .addHelpText(
    'after',
    `
Without --streams the loads are ${LADDER.join(', ')} streams. A load takes 10 s at most, all of them
about 45 s. Run it when nothing else runs: what else the machine does is in the errors.

Exit codes:
  0   the errors were measured
  1   a load could not be measured: the message says why
  2   wrong use
  3   no k6 with the extension k6/x/sse was found
  99  --limit was given, and p99 is not under it at the load asked for (without --streams: at none)`,
  )
program.parse()

process.exitCode = await main(program.opts())

/**
 * @param {{ streams?: number, rate: number, limit?: number, k6?: string, json?: boolean,
 *   out?: string }} options
 * @returns {Promise<number>} the exit code
 */
async function main({ streams, rate, limit = 5, k6: wanted, json, out }) {
  const k6 = find(wanted)
  if (typeof k6 === 'string') {
    process.stderr.write(`calibrate: ${k6}\n`)
    return NO_K6
  }
  if (!existsSync(new URL('../../dist/index.js', import.meta.url))) {
    process.stderr.write('calibrate: dist/index.js is not there: npm run -s build makes it\n')
    return FAILED
  }
  const loads = streams === undefined ? LADDER : [streams]
  /** @type {CertificateStep[]} */
  const steps = []
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
    process.stderr.write(`calibrate: ${error.message}\n`)
    if (steps.length === 0) return FAILED
  }
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  /** @type {Certificate} */
  const certificate = {
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
  if (out !== undefined) {
    try {
      writeFileSync(out, text)
    } catch (error) {
      process.stderr.write(`calibrate: --out ${out}: ${/** @type {Error} */ (error).message}\n`)
      return FAILED
    }
  }
  process.stdout.write(json ? text : toText(certificate))
  if (steps.length < loads.length) return FAILED
  return certificate.holds === null && program.getOptionValueSource('limit') === 'cli'
    ? OVER_LIMIT
    : 0
}

/**
 * @param {string | undefined} wanted
 * @returns {import('../find-k6.js').K6 | string} a message where there is none
 */
function find(wanted) {
  if (wanted !== undefined) process.env.K6_BIN = wanted
  let k6
  try {
    k6 = findK6()
  } catch (error) {
    const { message } = /** @type {Error} */ (error)
    return wanted === undefined ? message : message.replace('K6_BIN=', '--k6 ')
  }
  const build = `how to build one: ${INSTALL.sse}; name it by --k6 /path/to/k6`
  if (k6 === undefined) return `no k6 was found; expected one with k6/x/sse; ${build}`
  if (k6.streams) return k6
  return (
    `${k6.path} (k6 ${k6.version}) has no k6/x/sse, so it sees no token arrive and its times ` +
    `cannot be checked; ${build}`
  )
}

/**
 * @param {number} least
 * @param {number} [most]
 * @param {boolean} [whole]
 */
function number(least, most = Infinity, whole = false) {
  return (/** @type {string} */ text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && value % 1 !== 0)) {
      const bounds = most === Infinity ? `over 0` : `from ${least} to ${most}`
      throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number ${bounds}`)
    }
    return value
  }
}
