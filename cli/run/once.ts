import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import type { Validity } from '#node'
import { CommandError, EXIT } from '../command.ts'
import { messageOf } from '../fault.ts'
import type { Engine } from '../find-k6.ts'
import { serversOf, variablesIn } from './addresses.ts'
import { checkVariables } from './check-variables.ts'
import { aboutDashboard, dashboardVariables } from './dashboard.ts'
import { aboutHeard, createListener, type Heard } from './heard.ts'
import { runProcess } from './process.ts'
import { type RunRelay, startRelayFor, withoutProxy } from './relay.ts'
import { readScript, type Script } from './script.ts'
import { readValidity } from './strict.ts'
import { aboutWay, adviseWithoutExtension, chooseWay, type Way } from './way.ts'
import { writeWrapper } from './wrapper.ts'

export interface RunOptions {
  engine: Engine
  /** path from the user */
  script: string
  /** how tokens are to be seen arriving; what fits best unless given */
  stream?: Way
  /** addresses that a relay forwards to, beside those of the script */
  allow?: string[]
  /** further options of that relay */
  relay?: string[]
  /** for the script */
  variables?: Record<string, string>
  /** values of k6's `--out` */
  outs?: string[]
  /** further arguments of k6 */
  passedOn?: string[]
  dashboard?: boolean
  /** asks the server a short question first, where it is known; what was heard */
  ask?: (script: Script, given: Record<string, string>) => Promise<string | undefined>
  /** find out whether the run is valid */
  judge?: boolean
  /** what k6 prints goes to stderr */
  toStderr?: boolean
  say: (line: string) => void
}

export interface Outcome extends Heard {
  /** of k6 */
  code: number
  /** by Ctrl-C or another signal */
  interrupted: boolean
  /** that ran, as a path */
  script: string
  /** whether tokens were seen arriving */
  streams: boolean
  /** how */
  stream: Way
  /** where it was asked for and k6 came to its end */
  validity?: Validity
  /** the exported page */
  dashboard?: string
}

/**
 * What `run` ends with: k6's own code, but where the script threw in VU code, k6 ends with 0 and
 * this with what k6 has for a script that throws elsewhere.
 */
export function codeOf({ code, exceptions }: Pick<Outcome, 'code' | 'exceptions'>): number {
  return code === 0 && exceptions ? EXIT.scriptException : code
}

/** Runs one script in the form that fits the engine. */
export async function runOnce(options: RunOptions): Promise<Outcome> {
  const { engine, variables = {}, say } = options
  const found = await readScript(options.script)
  const given = { ...variables, ...variablesIn(options.passedOn ?? []) }
  checkVariables(found, given)
  const ownRelay = (given.LLM_RELAY ?? process.env.LLM_RELAY)?.trim() || undefined
  const allow = serversOf(found, given, process.env, options.allow)
  const asked = options.stream
  const choice = chooseWay({ asked, engine, script: found, relay: ownRelay, allow })
  const { way } = choice
  const script =
    way === 'sse' && !found.streams && found.variant ? await readScript(found.variant) : found
  const wraps = way === 'sse' && !script.streams
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
  let relay: RunRelay | undefined
  try {
    const starts = way === 'relay' && ownRelay === undefined
    const leads = starts ? `a relay to ${fewOf(allow)}` : `the relay at ${ownRelay}`
    say(`${script.path}: ${aboutWay(choice, leads)}`)
    if (shown) say(aboutDashboard({ ...process.env, ...shown }))
    const answer = await options.ask?.(found, given)
    if (answer !== undefined) say(answer)
    if (starts) relay = await startRelayFor(allow, options.relay)
    const path = wrapper?.path ?? script.path
    const told = { ...options, variables: { ...variables, ...relayVariable(way, relay, ownRelay) } }
    const args = argumentsOf(path, told, ownSummary ? undefined : summary)
    const [program, ...before] = engine.command
    const listener = createListener()
    const ran = await runProcess(program, [...before, ...args], {
      env: { ...process.env, ...shown, ...(relay && withoutProxy(process.env)) },
      toStderr: options.toStderr,
      onLog: listener.line,
    })
    const heard = listener.heard()
    for (const line of aboutHeard(heard)) say(line)
    const advice = way === 'sse' ? adviseWithoutExtension(ran.code, engine, script) : undefined
    if (advice !== undefined) say(advice)
    const validity = summary === undefined ? undefined : readValidity(summary)
    const page = shown && writtenPage({ ...process.env, ...shown }, say)
    return {
      ...ran,
      ...heard,
      // A signal may have reached k6 alone.
      interrupted: ran.interrupted || ran.code === EXIT.k6Interrupted,
      script: script.path,
      streams: way !== 'none',
      stream: way,
      ...(validity && { validity }),
      ...(page !== undefined && { dashboard: page }),
    }
  } finally {
    const gone = await relay?.stop()
    if (gone !== undefined)
      say(`the relay ended during the run (${gone}): its requests are failures`)
    remove()
    process.off('exit', remove)
  }
}

/** The page of the dashboard, where k6 wrote it: a run that ends early has none. */
function writtenPage(variables: NodeJS.ProcessEnv, say: RunOptions['say']): string | undefined {
  const page = variables.K6_WEB_DASHBOARD_EXPORT
  if (page !== undefined && existsSync(page)) return page
  say(`not written: ${page}, the page of the dashboard`)
  return undefined
}

function fewOf(origins: string[]): string {
  const [first = '', ...others] = origins
  return others.length === 0 ? first : `${first} (and ${others.length} more that it names)`
}

/** What tells the script of its relay; the one that the user named is known to it already. */
function relayVariable(
  way: Way,
  relay: RunRelay | undefined,
  own: string | undefined,
): Record<string, string> {
  if (relay) return { LLM_RELAY: relay.url }
  return way === 'none' && own !== undefined ? { LLM_RELAY: '' } : {}
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

export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw new CommandError(
      `${directory}: cannot be made or written to (${messageOf(error)}); RESULTS_DIR names another folder for results`,
    )
  }
}

/** In UTC, as the names of the report's files have it: no colon, which Windows does not take. */
export function timeStamp(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}
