import { formatNumber } from './format.ts'
import { splitSeries } from './goals.ts'
import { hasSamples, type SummaryFigures, type SummaryMetric } from './k6-data.ts'
import { displayWidth, table, wrap } from './layout.ts'
import { fill, type Messages } from './messages.ts'

/** Model switches of a run. */
export interface Switches {
  total: number
  failed: number
  /** Over the whole run. */
  perMinute?: number
  /** Median of the first answer after a switch, and of the one after it, ms. */
  cold?: number
  warm?: number
  /** cold / warm */
  ratio?: number
  /** `estimate`: whole one-token requests, where tokens were not seen arriving. */
  source?: 'stream' | 'estimate'
  /** By pair, where thresholds name the pairs (`perPair`). */
  pairs: { from: string; to: string; total: number; failed: number; ms?: number }[]
}

/** What the figures say of model switches; `undefined` where there were none. */
export function switchesOf({ metrics, durationMs }: SummaryFigures): Switches | undefined {
  const all = metrics.llm_model_switch_failed
  if (!all || !hasSamples(all)) return undefined
  const switches: Switches = Object.assign({ pairs: [] }, countOf(all))
  if (Number.isFinite(durationMs) && (durationMs as number) > 0) {
    switches.perMinute = (switches.total * 60000) / (durationMs as number)
  }
  for (const [source, cold, warm] of [
    ['stream', 'llm_model_cold_ttft', 'llm_model_warm_ttft'],
    ['estimate', 'llm_ttft_probe{start:cold}', 'llm_ttft_probe{start:warm}'],
  ] as const) {
    const first = medianOf(metrics[cold])
    const next = medianOf(metrics[warm])
    if (first === undefined || next === undefined || switches.source) continue
    Object.assign(switches, { source, cold: first, warm: next })
    if (next > 0) switches.ratio = first / next
  }
  for (const name of Object.keys(metrics)) {
    const { metric, selector } = splitSeries(name)
    const pair = /^from:(.*),to:(.*)$/.exec(selector)
    const figure = metrics[name] as SummaryMetric
    if (metric !== 'llm_model_switch_failed' || !pair || !hasSamples(figure)) continue
    const ms = medianOf(metrics[`llm_model_switch_duration{${selector}}`])
    const [from, to] = [pair[1] as string, pair[2] as string]
    switches.pairs.push({ from, to, ...countOf(figure), ...(ms !== undefined && { ms }) })
  }
  return switches
}

function countOf({ values }: SummaryMetric): { total: number; failed: number } {
  const failed = values.passes ?? 0
  return { total: failed + (values.fails ?? 0), failed }
}

function medianOf(figure: SummaryMetric | undefined): number | undefined {
  if (!figure || !hasSamples(figure)) return undefined
  const value = figure.values.med ?? figure.values['p(50)']
  return Number.isFinite(value) ? value : undefined
}

/** The switches in sentences. */
export function switchTexts(switches: Switches, m: Messages['switches']): string[] {
  const ms = (value: number) => formatNumber(value, 'ms')
  const texts = [
    fill(m.counts, {
      total: formatNumber(switches.total, ''),
      failed: formatNumber(switches.failed, ''),
      rate: switches.perMinute === undefined ? '–' : switches.perMinute.toFixed(1),
    }),
  ]
  if (switches.cold !== undefined && switches.warm !== undefined) {
    const ratio = switches.ratio === undefined ? '–' : switches.ratio.toFixed(1)
    const text = fill(m.cold, { cold: ms(switches.cold), warm: ms(switches.warm), ratio })
    texts.push(switches.source === 'estimate' ? `${text} (${m.estimate})` : text)
  }
  return texts
}

/**
 * The pairs as a square, from → to, the first row the heading. A cell has the median of what
 * succeeded, and what failed. Empty where no pairs are known.
 */
export function pairCells(pairs: Switches['pairs'], m: Messages['switches']): string[][] {
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
      return pair ? pairCell(pair, m) : '–'
    }),
  ])
  return [[m.fromTo, ...models], ...rows]
}

function pairCell({ ms, failed, total }: Switches['pairs'][number], m: Messages['switches']) {
  const failures = failed > 0 ? `${m.failed} ${failed}/${total}` : ''
  if (ms === undefined) return failures
  return `${formatNumber(ms, 'ms')}${failures && `, ${failures}`}`
}

/** The switches in lines. */
export function switchLines(
  switches: Switches | undefined,
  m: Messages['switches'],
  width: number,
): string[] {
  if (!switches) return []
  const texts = switchTexts(switches, m).reduce<string[]>(
    (all, line) => all.concat(wrap(line, width - 2)),
    [],
  )
  let pairs = table(pairCells(switches.pairs, m), '')
  if (pairs.some((line) => displayWidth(line) > width - 2)) {
    // Long names, many models: one line each.
    pairs = switches.pairs.reduce<string[]>(
      (lines, pair) =>
        lines.concat(wrap(`${pair.from} → ${pair.to}: ${pairCell(pair, m)}`, width - 2)),
      [],
    )
  }
  return texts.concat(pairs).map((line) => `  ${line}`)
}
