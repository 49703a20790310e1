// npm run bench [-- --quick] [--only NAME,…] [--json]: the budgets, measured on real k6.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findTestedK6 } from '../cli/find-k6.ts'
import * as accuracy from './accuracy.ts'
import * as atLength from './at-length.ts'
import * as buffered from './buffered.ts'
import * as bundle from './bundle.ts'
import * as cpu from './cpu-per-event.ts'
import * as length from './length.ts'
import { between, type Case, type Line, markdown, text } from './lines.ts'
import { machine, watchOthers } from './machine.ts'
import * as memory from './memory.ts'
import * as rawReport from './raw-report.ts'
import * as relay from './relay.ts'

const CASES: Record<string, Case> = {
  bundle: bundle.run,
  buffered: buffered.run,
  cpu: cpu.run,
  length: length.run,
  accuracy: accuracy.run,
  relay: relay.run,
  memory: memory.run,
  'at-length': atLength.run,
  'raw-report': rawReport.run,
}
const USAGE = `npm run bench -- [--quick] [--only NAME,…] [--json]
  --quick  fewer rounds; says the order of size, not more
  --only   some of: ${Object.keys(CASES).join(', ')}
  --json   every single figure, on stdout
A run of everything writes its table into docs/performance.md. Exit code 1: a budget is not met.`

function wrongUse(message: string): never {
  console.error(`bench: ${message}\n\n${USAGE}`)
  process.exit(2)
}

function messageOf(error: unknown) {
  return error instanceof Error ? error.message : String(error)
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    return wrongUse(messageOf(error))
  }
}

const { quick, only, json, help } = options()
if (help) {
  console.log(USAGE)
  process.exit(0)
}
const names = only?.split(',') ?? Object.keys(CASES)
const unknown = names.find((name) => !CASES[name])
if (unknown !== undefined) wrongUse(`--only ${unknown}: there is no such case`)
if (process.platform !== 'linux') wrongUse('CPU and memory of k6 are read from /proc: Linux only')

const k6s = findTestedK6()
const named = (name: string) => k6s.find((k6) => k6.name === name)
const others = watchOthers()
const startedAt = performance.now()
const lines: Line[] = []
for (const name of names) {
  const bench = {
    quick,
    say: (progress: string) => console.error(`${name}: ${progress}`),
    streaming: named('k6-1.8-sse') ?? k6s.find((k6) => k6.streams),
    newest: named('k6-2.2-sse'),
    stock: named('k6-2.2'),
    oldest: named('k6-0.47'),
  }
  let found: Line[]
  try {
    found = (await CASES[name]?.(bench)) ?? []
  } catch (error) {
    // The other figures are still good.
    console.error(error)
    const [reason] = messageOf(error).split('\n')
    found = [{ what: name, figure: `failed: ${reason}`, met: false }]
  }
  lines.push(...found)
  if (!json && names.length > 1) console.error(`\n${text(found)}\n`)
}
const about = [
  `${new Date().toISOString().slice(0, 10)}${quick ? ', quick' : ''}`,
  ...machine(k6s),
  `${Math.round((performance.now() - startedAt) / 1000)} s; other processes took ` +
    `${Math.round(others() * 100)} % of all cores`,
]
if (json) console.log(JSON.stringify({ about, lines }, null, 2))
else console.log(`${text(lines)}\n\n${about.join('\n')}`)

if (!quick && only === undefined) {
  const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url))
  const measured = `\n${markdown(lines)}\n\n${about.map((line) => `- ${line}`).join('\n')}\n`
  writeFileSync(page, between(readFileSync(page, 'utf8'), measured))
}
process.exitCode = lines.some(({ met }) => met === false) ? 1 : 0
