import { setTimeout as wait } from 'node:timers/promises'
import type { K6 } from '../cli/find-k6.ts'
import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { freePort } from './port.ts'
import { memory, runK6, startServer } from './processes.ts'
import { slope } from './stats.ts'

const [VUS, ITL, TOKENS] = [20, 20, 200] // 1,000 tokens/s
/** KB/s over the bare handler: 18 MB in an hour. */
const LIMIT = 5

interface Length {
  /** s in which the pools fill and the heap finds its size */
  warmUp: number
  /** in all */
  seconds: number
}

/** KB at seconds. */
type Course = [second: number, kB: number][]

/**
 * Runs a script for some seconds and takes memory every two: the RSS, and what is live after a
 * collection, which k6's profiling endpoint makes.
 */
async function watch(k6: K6, script: string, url: string, { warmUp, seconds }: Length) {
  const port = await freePort()
  const seen: { rss: Course; live: Course } = { rss: [], live: [] }
  let over = false
  let watching: Promise<void> | undefined
  const look = async (pid: number) => {
    const start = performance.now()
    while (!over) {
      await wait(2000)
      const at = (performance.now() - start) / 1000
      if (over || at > seconds - 1) return
      const rss = memory(pid, 'VmRSS')
      const reply = await fetch(`http://127.0.0.1:${port}/debug/pprof/heap?gc=1&debug=1`)
      const bytes = /# HeapAlloc = (\d+)/.exec(await reply.text())?.[1]
      if (at < warmUp) continue
      seen.rss.push([at, rss])
      seen.live.push([at, Number(bytes) / 1000])
    }
  }
  await runK6(k6, script, {
    vus: VUS,
    env: { URL: url, TOKENS },
    args: [
      ...['--address', `127.0.0.1:${port}`, '--profiling-enabled'],
      ...['-u', `${VUS}`, '-d', `${seconds}s`],
    ],
    started(pid) {
      watching = look(pid)
    },
  })
  over = true
  await watching
  return seen
}

export async function run({ quick, streaming, say }: Bench): Promise<Line[]> {
  const what = `memory over time at ${(VUS * 1000) / ITL} tokens/s`
  if (!streaming) return [notMeasured(what, 'k6 with k6/x/sse')]
  const length = quick ? { warmUp: 8, seconds: 24 } : { warmUp: 20, seconds: 120 }
  const simulator = await startServer(
    ...['dist/simulator/main.js', '--flavor', 'vllm', '--ttft', '100', '--itl', `${ITL}`],
  )
  try {
    say(`${length.seconds} s`)
    // Both at once: together they take a small part of the machine.
    const [library, bare] = await Promise.all(
      ['library', 'bare'].map((name) =>
        watch(streaming, `steady-${name}.js`, simulator.url, length),
      ),
    )
    if (!library || !bare) throw new Error('nothing was seen')
    return (['rss', 'live'] as const).map((kind) => {
      const [figure, floor] = [slope(library[kind]), slope(bare[kind])]
      const judged = kind === 'live'
      return {
        what: `${what}, ${kind === 'rss' ? 'RSS' : 'live heap'}, slope over ${length.seconds - length.warmUp} s`,
        figure: `${figure < 0 ? '' : '+'}${show(figure, 'KB/s')}`,
        floor: `bare handler ${floor < 0 ? '' : '+'}${show(floor, 'KB/s')}`,
        budget: judged ? `none (≤ + ${LIMIT} KB/s)` : undefined,
        met: judged ? figure - floor <= LIMIT : undefined,
        values: { library: library[kind], bare: bare[kind] },
      }
    })
  } finally {
    await simulator.stop()
  }
}
