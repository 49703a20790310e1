import { formatNumber } from './format.ts'
import { displayWidth, table, wrap } from './layout.ts'
import type { Switches } from './switches.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** The switches in sentences. */
export function switchTexts(switches: Switches, w: Words['switches']): string[] {
  const ms = (value: number) => formatNumber(value, 'ms')
  const texts = [
    fill(w.counts, {
      total: formatNumber(switches.total, ''),
      failed: formatNumber(switches.failed, ''),
      rate: switches.perMinute === undefined ? '–' : switches.perMinute.toFixed(1),
    }),
  ]
  if (switches.cold !== undefined && switches.warm !== undefined) {
    const ratio = switches.ratio === undefined ? '–' : switches.ratio.toFixed(1)
    const text = fill(w.cold, { cold: ms(switches.cold), warm: ms(switches.warm), ratio })
    texts.push(switches.source === 'estimate' ? `${text} (${w.estimate})` : text)
  }
  return texts
}

/**
 * The pairs as a square, from → to, the first row the heading. A cell has the median of what
 * succeeded, and what failed. Empty where no pairs are known.
 */
export function pairCells(pairs: Switches['pairs'], w: Words['switches']): string[][] {
  if (pairs.length === 0) return []
  const models: string[] = []
  for (const { from, to } of pairs) {
    for (const name of [from, to]) if (models.indexOf(name) < 0) models.push(name)
  }
  models.sort()
  const rows = models.map((from) => [
    from,
    ...models.map((to) => {
      const pair = pairs.filter((p) => p.from === from && p.to === to)[0]
      return pair ? pairCell(pair, w) : '–'
    }),
  ])
  return [[w.fromTo, ...models], ...rows]
}

function pairCell({ ms, failed, total }: Switches['pairs'][number], w: Words['switches']) {
  const failures = failed > 0 ? `${w.failed} ${failed}/${total}` : ''
  if (ms === undefined) return failures
  return `${formatNumber(ms, 'ms')}${failures && `, ${failures}`}`
}

/** The switches in lines. */
export function switchLines(
  switches: Switches | undefined,
  w: Words['switches'],
  width: number,
): string[] {
  if (!switches) return []
  const texts = switchTexts(switches, w).reduce<string[]>(
    (all, line) => all.concat(wrap(line, width - 2)),
    [],
  )
  let pairs = table(pairCells(switches.pairs, w), '')
  if (pairs.some((line) => displayWidth(line) > width - 2)) {
    // Long names, many models: one line each.
    pairs = switches.pairs.reduce<string[]>(
      (lines, pair) =>
        lines.concat(wrap(`${pair.from} → ${pair.to}: ${pairCell(pair, w)}`, width - 2)),
      [],
    )
  }
  return texts.concat(pairs).map((line) => `  ${line}`)
}
