/** A chart as the script of the page draws it: in one language, its names apart from its numbers. */
export interface ChartData {
  id: string
  kind: SeriesKind
  /** `names` where places have names and no numbers; then `values` is absent. */
  x: { label: string; unit: string; names?: string[]; values?: number[] }
  y: { label: string; unit: string; log: boolean }
  series: SeriesData[]
  marks: { axis: 'x' | 'y'; at: number; label: string }[]
}

export type SeriesKind = 'line' | 'bar' | 'points'

export interface SeriesData {
  label: string
  /** `null` where nothing was measured. */
  values: (number | null)[]
  kind: SeriesKind
  dash: boolean
}
