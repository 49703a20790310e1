import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import type { Validity } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { messageOf } from '../fault.ts'
import { type Engine, INSTALL } from '../find-k6.ts'
import { aboutDashboard, dashboardVariables } from './dashboard.ts'
import { runProcess } from './process.ts'
import { readScript } from './script.ts'
import { readValidity } from './strict.ts'
import { writeWrapper } from './wrapper.ts'

export interface RunOptions {
  engine: Engine
  /** path from the user */
  script: string
  /** false: no streaming, though the k6 could */
  sse?: boolean
  /** for the script */
  variables?: Record<string, string>
  /** values of k6's `--out` */
  outs?: string[]
  /** further arguments of k6 */
  passedOn?: string[]
  dashboard?: boolean
  /** find out whether the run is valid */
  judge?: boolean
  /** what k6 prints goes to stderr */
  toStderr?: boolean
  say: (line: string) => void
}

export interface Outcome {
  /** of k6 */
  code: number
  /** by Ctrl-C or another signal */
  interrupted: boolean
  /** that ran, as a path */
  script: string
  /** whether tokens were seen arriving */
  streams: boolean
  /** where it was asked for and k6 came to its end */
  validity?: Validity
  /** the exported page */
  dashboard?: string
}

/** Runs one script in the form that fits the engine. */
export async function runOnce(options: RunOptions): Promise<Outcome> {
  const { engine, variables = {}, say } = options
  const found = await readScript(options.script)
  const streaming = options.sse !== false && engine.streams
  if (found.streams && !engine.streams) {
    throw new CommandError(
      `${options.script}: imports k6/x/sse, which ${engine.path} (k6 ${engine.version}) has not; ` +
        `${plainVariant(options.script)}a k6 that has it is built as told on ${INSTALL.sse}`,
      EXIT.noK6,
    )
  }
  const script =
    streaming && !found.streams && found.variant ? await readScript(found.variant) : found
  const wraps = streaming && !script.streams
  const stamp = timeStamp(new Date())
  const name = basename(script.path, extname(script.path))
  const directory = resolve(variables.RESULTS_DIR || process.env.RESULTS_DIR || 'results')
  const shown =
    options.dashboard === true
      ? await dashboardVariables(engine, { name, stamp, directory })
      : undefined
  // k6 makes no directories.
  if (script.importsLibrary || shown) makeDirectory(directory)

  const scratch = options.judge ? mkdtempSync(join(tmpdir(), 'k6-llm-run-')) : undefined
  const summary = scratch && join(scratch, 'outcome.json')
  const ownSummary = summary !== undefined && script.exports.includes('handleSummary')
  const wrapper =
    wraps || ownSummary
      ? writeWrapper(script, { stream: wraps, ...(ownSummary && { summary }) })
      : undefined
  const remove = () => {
    wrapper?.remove()
    if (scratch) rmSync(scratch, { recursive: true, force: true })
  }
  process.on('exit', remove)
  try {
    say(`${script.path}${wraps ? ', with streaming turned on' : ''}`)
    if (shown) say(aboutDashboard({ ...process.env, ...shown }))
    const path = wrapper?.path ?? script.path
    const args = argumentsOf(path, options, ownSummary ? undefined : summary)
    const [program, ...before] = engine.command
    const ran = await runProcess(program, [...before, ...args], {
      env: { ...process.env, ...shown },
      toStderr: options.toStderr,
    })
    const validity = summary === undefined ? undefined : readValidity(summary)
    return {
      ...ran,
      script: script.path,
      streams: streaming || script.streams,
      ...(validity && { validity }),
      ...(shown && {
        dashboard: shown.K6_WEB_DASHBOARD_EXPORT ?? process.env.K6_WEB_DASHBOARD_EXPORT,
      }),
    }
  } finally {
    remove()
    process.off('exit', remove)
  }
}

/** @param summary where k6 shall write its figures */
function argumentsOf(
  path: string,
  { variables = {}, outs = [], passedOn = [] }: RunOptions,
  summary: string | undefined,
) {
  return [
    'run',
    // A k6 that runs already may hold the port of the REST API; given twice, the user's counts.
    ...['--address', '127.0.0.1:0'],
    ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...outs.flatMap((out) => ['--out', out]),
    ...(summary === undefined ? [] : ['--summary-export', summary]),
    ...passedOn,
    path,
  ]
}

function plainVariant(script: string) {
  const plain = script.replace(/xk6-sse[\\/](?=[^\\/]+$)/, '')
  return plain === script ? '' : `${plain} is the same test without it; `
}

export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw new CommandError(
      `${directory}: cannot be made (${messageOf(error)}); RESULTS_DIR names another folder for results`,
    )
  }
}

/** In UTC, as the names of the report's files have it: no colon, which Windows does not take. */
export function timeStamp(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
