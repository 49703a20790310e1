import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { show } from './lines.js'
import { writeSampleLines } from './sample-lines.js'
import { median, medianRatio } from './stats.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const LINES = 1_000_000
const BUDGET = { time: 1.5, bytes: 8, fixed: 150 }

/** @type {import('./lines.js').Case} */
export async function run({ quick, say }) {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-bench-'))
  try {
    const file = join(directory, 'samples.json')
    const peak = join(directory, 'peak')
    const kept = await writeSampleLines(file, LINES)
    /** @param {string[]} args */
    const once = (...args) => {
      const startedAt = performance.now()
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', './bench/peak-memory.js', ...args, file],
        { cwd: root, env: { ...process.env, PEAK_MEMORY_FILE: peak }, encoding: 'utf8' },
      )
      const ms = performance.now() - startedAt
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
      return { ms, mb: (Number(readFileSync(peak, 'utf8')) * 1024) / 1e6 }
    }
    /** @type {number[][]} */
    const [times, floors, peaks] = [[], [], []]
    once('bench/read-lines.js') // the file is then in the cache for both
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      const report = once('cli/main.js', 'report')
      times?.push(report.ms)
      peaks?.push(report.mb)
      floors?.push(once('bench/read-lines.js').ms)
      say(`${round + 1}: ${Math.round(report.ms)} ms, ${Math.round(report.mb)} MB`)
    }
    const ratio = medianRatio(times ?? [], floors ?? [])
    const mb = median(peaks ?? [])
    const allowed = BUDGET.fixed + (BUDGET.bytes * kept) / 1e6
    const size = `${Math.round(statSync(file).size / 1e6)} MB`
    return [
      {
        what: `report from 1 M lines of k6 JSON (${size}), all parts`,
        figure: show(median(times ?? []) / 1000, 's'),
        floor: `readline + JSON.parse ${show(median(floors ?? []) / 1000, 's')}`,
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
