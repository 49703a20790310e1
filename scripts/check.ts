// npm run check: what every commit passes. What needs no other's result runs side by side; the tests,
// which use all cores by themselves, come last.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const require = createRequire(import.meta.url)

/** Two cores are what a small machine has. */
const LANES = 2

interface Step {
  name: string
  /** The package of the program, its name there, and its arguments. */
  run: [pkg: string, program: string, ...args: string[]]
}

const tsc = (name: string, ...args: string[]): Step => ({
  name,
  run: ['typescript', 'tsc', '--noEmit', ...args],
})

const BUILD: Step = { name: 'build', run: ['tsx', 'tsx', 'build/main.ts'] }
const STATIC: Step[] = [
  tsc('types of Node’s side', '--project', 'tsconfig.node.json'),
  { name: 'unused code', run: ['knip', 'knip', '--no-progress'] },
  tsc('types of src', '--project', 'tsconfig.json'),
  tsc('types of the page', '--project', 'src/report/page/tsconfig.json'),
  tsc('types of the package', '--project', 'test/types/tsconfig.json'),
  {
    name: 'lint and format',
    run: ['@biomejs/biome', 'biome', 'ci', '--colors=off', '--error-on-warnings'],
  },
]
const TESTS: Step = {
  name: 'unit tests',
  run: ['vitest', 'vitest', 'run', '--project', 'unit', '--reporter=dot', '--silent=passed-only'],
}

/** The file behind a command of node_modules/.bin: no shell and no npx in between. */
function programOf(pkg: string, program: string): string {
  const manifest = join(root, 'node_modules', pkg, 'package.json')
  const { bin }: { bin: string | Record<string, string> } = require(manifest)
  const file = typeof bin === 'string' ? bin : bin[program]
  if (file === undefined) throw new Error(`${pkg} has no program ${program}`)
  return join(dirname(manifest), file)
}

/** Runs a step; what it printed is shown where it fails. */
async function passes({ name, run: [pkg, program, ...args] }: Step): Promise<boolean> {
  const began = performance.now()
  const child = spawn(process.execPath, [programOf(pkg, program), ...args], { cwd: root })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise((resolve) => child.on('close', resolve))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${code === 0 ? '✓' : '✗'} ${name} ${seconds} s`)
  if (code !== 0) console.log(output)
  return code === 0
}

async function allPass(steps: Step[]): Promise<boolean> {
  const waiting = [...steps]
  let good = true
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      if (!(await passes(step))) good = false
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return good
}

const built = await passes(BUILD)
const good = built && (await allPass(STATIC))
// Tests are worth their time where only a rule of style is broken, too.
const tested = built && (await passes(TESTS))
process.exit(built && good && tested ? 0 : 1)
