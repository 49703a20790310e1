import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { root } from '../build/root.ts'
import { type Bench, type Line, show } from './lines.ts'
import { writeSampleLines } from './sample-lines.ts'
import { median, medianRatio } from './stats.ts'

const LINES = 1_000_000
const BUDGET = { time: 1.3, bytes: 8, fixed: 150 }

export async function run({ quick, say }: Bench): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-bench-'))
  try {
    const file = join(directory, 'samples.json')
    const peak = join(directory, 'peak')
    const kept = await writeSampleLines(file, LINES)
    // Compiled here: a loader of TypeScript in the measured process would be in its memory.
    const compiled = (name: string) => {
      const made = join(directory, `${name}.mjs`)
      writeFileSync(
        made,
        transformSync(readFileSync(join(root, `bench/${name}.ts`), 'utf8'), { loader: 'ts' }).code,
      )
      return made
    }
    const preload = compiled('peak-memory')
    const reader = compiled('read-lines')
    const once = (...args: string[]) => {
      const startedAt = performance.now()
      const { status, stderr } = spawnSync(process.execPath, ['--import', preload, ...args, file], {
        cwd: root,
        env: { ...process.env, PEAK_MEMORY_FILE: peak },
        encoding: 'utf8',
      })
      const ms = performance.now() - startedAt
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
      return { ms, mb: (Number(readFileSync(peak, 'utf8')) * 1024) / 1e6 }
    }
    const times: number[] = []
    const floors: number[] = []
    const peaks: number[] = []
    once(reader) // the file is then in the cache for both
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      const report = once('bin/k6-llm.js', 'report')
      times.push(report.ms)
      peaks.push(report.mb)
      floors.push(once(reader).ms)
      say(`${round + 1}: ${Math.round(report.ms)} ms, ${Math.round(report.mb)} MB`)
    }
    const ratio = medianRatio(times, floors)
    const mb = median(peaks)
    const allowed = BUDGET.fixed + (BUDGET.bytes * kept) / 1e6
    const size = `${Math.round(statSync(file).size / 1e6)} MB`
    return [
      {
        what: `report from 1 M lines of k6 JSON (${size}), all parts`,
        figure: show(median(times) / 1000, 's'),
        floor: `readline + JSON.parse ${show(median(floors) / 1000, 's')}`,
        ratio,
        budget: `≤ ${BUDGET.time} ×`,
        met: ratio <= BUDGET.time,
        values: { times, floors },
      },
      {
        what: `its memory, ${Math.round(kept / 1000)} k values kept`,
        figure: show(mb, 'MB'),
        budget: `≤ 8 B a value + 150 MB: ${Math.round(allowed)} MB`,
        met: mb <= allowed,
        values: { peaks },
      },
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
