import type { Cell, ReportTable } from '#node'
import type { Row } from '../compare/compare.ts'
import { compareSides } from '../compare/compare.ts'
import { cells } from '../compare/render.ts'
import { sideOf } from '../compare/side.ts'
import type { Samples } from '../samples/samples.ts'
import { measured } from '../samples/timeline.ts'

const VERDICTS = {
  worse: { en: 'worse', ko: '나쁨' },
  better: { en: 'better', ko: '좋음' },
  same: { en: 'same', ko: '같음' },
  'not enough data': { en: 'not enough data', ko: '데이터 부족' },
}

/**
 * The groups of one run beside each other (A/B): each against the first. By `--by`, else by the tag
 * `scenario` or `model` where requests have two or three values of it.
 */
export function groupTables(
  samples: Samples,
  {
    by,
    threshold,
    seed,
  }: { by?: string; threshold(metric: string, kind: 'relative' | 'share'): number; seed?: number },
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
      title: {
        en: `${tag}: ${other.name} against ${first.name}`,
        ko: `${tag}: ${first.name} 대비 ${other.name}`,
      },
      note: {
        en: 'Measured part. Interval of the difference: 95 %, bootstrap; p after Holm. docs/raw-results.md has the rules.',
        ko: '측정 구간. 차이의 95 % 구간은 부트스트랩, p는 Holm 보정 후 값. 규칙은 docs/raw-results.md.',
      },
      columns: [
        { title: { en: 'figure', ko: '지표' } },
        { title: first.name },
        { title: other.name },
        { title: { en: 'difference', ko: '차이' } },
        { title: { en: '95 % interval', ko: '95 % 구간' } },
        { title: 'p' },
        { title: { en: 'verdict', ko: '판단' } },
      ],
      rows: compareSides(first, other, { threshold, seed }).map(cellsOf),
    }))
  }
  return []
}

function cellsOf(row: Row): Cell[] {
  const [name = '', before = '', after = '', difference = '', ends = '', p = ''] = cells(row)
  return [name, before, after, difference, ends, p, VERDICTS[row.verdict]]
}
