import { splitSeries } from '../sla/expressions.ts'
import { hasSamples, type K6Summary, type SummaryMetric } from './k6-data.ts'

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
export function switchesOf({ metrics, durationMs }: K6Summary): Switches | undefined {
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
