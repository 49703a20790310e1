import type { Cell, ReportTable } from '#node'
import { compareSides, type Row } from '../compare/compare.ts'
import { cells } from '../compare/render.ts'
import { sideOf } from '../compare/side.ts'
import type { Threshold } from '../compare/threshold.ts'
import type { Samples } from '../samples/samples.ts'
import { measured } from '../samples/timeline.ts'
import { inEach } from '../words/in-each.ts'

export interface GroupOptions {
  /** the tag by which groups are compared */
  by?: string
  /** from which a difference matters */
  threshold: Threshold
  /** of the bootstrap */
  seed?: number
}

/**
 * The groups of one run beside each other (A/B): each against the first. By `--by`, else by the tag
 * `scenario` or `model` where requests have two or three values of it.
 */
export function groupTables(
  samples: Samples,
  { by, threshold, seed }: GroupOptions,
): ReportTable[] {
  const requests = measured(samples.metrics.get('llm_requests')?.series() ?? [])
  if (by === undefined && requests.some(({ tags }) => tags.step !== undefined)) return []
  for (const tag of by === undefined ? ['scenario', 'model'] : [by]) {
    const values = [...new Set(requests.flatMap(({ tags }) => tags[tag] ?? []))].sort()
    if (values.length < 2 || (by === undefined && values.length > 3)) continue
    const sides = values.map((value) => sideOf(samples, { name: value, only: { [tag]: value } }))
    const [first, ...others] = sides
    if (!first) continue
    return others.map((other, i) => ({
      id: `groups-${i + 1}`,
      title: inEach((words) => words.groups.title(tag, other.name, first.name)),
      note: inEach((words) => words.groups.note),
      columns: [
        { title: inEach((words) => words.common.figure) },
        { title: first.name },
        { title: other.name },
        { title: inEach((words) => words.groups.difference) },
        { title: inEach((words) => words.common.interval) },
        { title: 'p' },
        { title: inEach((words) => words.common.verdict) },
      ],
      rows: compareSides(first, other, { threshold, seed }).map(cellsOf),
    }))
  }
  return []
}

function cellsOf(row: Row): Cell[] {
  const [name = '', before = '', after = '', difference = '', ends = '', p = ''] = cells(row)
  const verdict = inEach((words) => words.groups.verdicts[row.verdict])
  return [name, before, after, difference, ends, p, verdict]
}
