// npm run build [-- --watch]: everything in dist/, and of that only what its sources no longer match.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { PARTS, type Part } from './parts.ts'
import { isFresh, remember } from './stamp.ts'
import { whenSourcesChange } from './watch.ts'

/** A build that is longer than this tells what it does. */
const PATIENCE_MS = 2000

/** Makes the parts that are stale, as many at once as there are cores. */
async function build(): Promise<void> {
  const began = Date.now()
  const stale = PARTS.filter((part) => !isFresh(part))
  if (stale.length === 0) return
  const say = (text: string) => process.stderr.write(`k6-llm: ${text}\n`)
  let told = false
  const timer = setTimeout(() => {
    told = true
    say(`building ${stale.map(({ what }) => what).join(', ')} (about 10 s, later less)`)
  }, PATIENCE_MS)
  try {
    const waiting = [...stale]
    const worker = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) await make(part)
    }
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
  } finally {
    clearTimeout(timer)
  }
  if (told) say(`built in ${((Date.now() - began) / 1000).toFixed(1)} s`)
}

async function make(part: Part): Promise<void> {
  // Of the sources as they are now: what changes while it is made makes it stale.
  const inputs = part.inputs()
  remember(part, inputs, await part.make())
}

const { values } = parseArgs({ options: { watch: { type: 'boolean', default: false } } })
try {
  await build()
} catch (error) {
  if (!values.watch) throw error
  console.error(error)
}
if (values.watch) {
  process.stderr.write('k6-llm: built; watching the sources (Ctrl-C ends it)\n')
  await whenSourcesChange(async () => {
    try {
      await build()
      process.stderr.write(`k6-llm: up to date at ${new Date().toLocaleTimeString()}\n`)
    } catch (error) {
      console.error(error)
    }
  })
}
