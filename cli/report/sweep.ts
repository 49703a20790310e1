import type { ReportChart, ReportTable } from '#node'
import type { Samples } from '../samples/samples.ts'
import { sweepCharts } from './sweep-charts.ts'
import { type SweepOptions, sweepOf } from './sweep-figures.ts'
import { sweepTables } from './sweep-tables.ts'

/** The tables and charts of a sweep; empty where no sample has the tag `step`. */
export function sweepParts(
  samples: Samples,
  options: SweepOptions = {},
): { tables: ReportTable[]; charts: ReportChart[] } {
  const sweep = sweepOf(samples, options)
  return {
    tables: sweep ? sweepTables(sweep) : [],
    charts: sweep ? sweepCharts(sweep) : [],
  }
}
