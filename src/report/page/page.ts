// The script of the report's page: unpacks uPlot and draws the charts. Without it, or in a browser
// that cannot unpack (before 2023), the tables say the same. It is a script and no module: types come
// in by `import()` alone, and `uPlot` is a global that the packed library makes.

type Chart = import('./chart-data.ts').ChartData
type Plot = import('uplot')

;(() => {
  const root = document.documentElement
  const textOf = (id: string) => document.getElementById(id)?.textContent ?? ''
  const data: Chart[] = JSON.parse(textOf('data'))
  const color = (name: string) => getComputedStyle(root).getPropertyValue(`--${name}`).trim()

  // As the tables have it.
  const number = (value: number | null | undefined, unit: string) => {
    if (value == null) return '–'
    if (unit === 'share') return `${+(value * 100).toFixed(2)} %`
    if (unit === 'ms' && value >= 10000) return `${(value / 1000).toFixed(value < 1e5 ? 2 : 1)} s`
    if (unit === 'ms') return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`
    return (+value.toPrecision(6)).toLocaleString('en') + (unit === 'bytes' ? ' B' : '')
  }

  // Short, and all of one axis in one unit.
  const ticks = (values: number[], unit: string) => {
    const seconds = unit === 'ms' && Math.max(...values) >= 2000
    const known: Record<string, string> = { ms: seconds ? ' s' : ' ms', share: ' %', bytes: ' B' }
    const last = known[unit] ?? ''
    const scale = seconds ? 0.001 : unit === 'share' ? 100 : 1
    return values.map((value) =>
      value == null ? '' : (+(value * scale).toPrecision(4)).toLocaleString('en') + last,
    )
  }

  const draw = (chart: Chart, place: HTMLElement): Plot | undefined => {
    const width = Math.floor(place.clientWidth)
    if (width < 50) return undefined
    const { x, y } = chart
    const { names } = x
    const at = names ? names.map((_, i) => i) : (x.values ?? [])
    const bars = chart.series.some((series) => series.kind === 'bar')
    const grid = { stroke: color('line'), width: 1 }
    const axis = { stroke: color('muted'), grid, ticks: grid, font: '12px system-ui, sans-serif' }
    const named = names && {
      // One name for each place, as many as there is room for.
      splits: () => {
        const longest = Math.max(...names.map((name) => name.length))
        const step = Math.ceil((at.length * (longest * 7 + 14)) / width)
        return at.filter((i) => i % step === 0)
      },
      values: (_: Plot, places: number[]) => places.map((i) => names[i] ?? ''),
    }
    const largest = Math.max(
      ...chart.series.flatMap((series) => series.values.filter((value) => value !== null)),
      ...chart.marks.filter((mark) => mark.axis === 'y').map((mark) => mark.at),
    )
    const marks = (u: Plot) => {
      const { ctx, bbox } = u
      ctx.save()
      ctx.strokeStyle = ctx.fillStyle = color('fail')
      ctx.setLineDash([6, 4])
      ctx.textAlign = 'left'
      ctx.textBaseline = 'alphabetic'
      ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`
      for (const { axis, at, label } of chart.marks) {
        const place = u.valToPos(at, axis, true)
        ctx.beginPath()
        if (axis === 'y') {
          ctx.moveTo(bbox.left, place)
          ctx.lineTo(bbox.left + bbox.width, place)
          ctx.fillText(label, bbox.left + 6, place - 4)
        } else {
          ctx.moveTo(place, bbox.top)
          ctx.lineTo(place, bbox.top + bbox.height)
          ctx.fillText(label, place + 4, bbox.top + 12 * devicePixelRatio)
        }
        ctx.stroke()
      }
      ctx.restore()
    }
    const series = chart.series.map(({ label, kind, dash }, i) => {
      const stroke = color(`c${i % 8}`)
      return {
        label,
        stroke,
        width: 2,
        spanGaps: names !== undefined,
        value: (_: Plot, value: number | null) => number(value, y.unit),
        dash: dash ? [6, 4] : undefined,
        fill: kind === 'bar' ? `${stroke}55` : undefined,
        paths:
          kind === 'bar'
            ? uPlot.paths.bars?.({ size: [0.6, 60] })
            : kind === 'points'
              ? () => null
              : undefined,
        points: { show: kind === 'points' || (kind === 'line' && at.length <= 40), size: 6 },
      }
    })
    place.textContent = ''
    return new uPlot(
      {
        width,
        height: Math.round(Math.min(300, Math.max(190, width * 0.5))),
        legend: { live: true },
        cursor: { y: false, drag: { x: false, y: false } },
        scales: {
          x: {
            time: false,
            range: (_, low, high) =>
              names || bars || low === high ? [low - 0.6, high + 0.6] : [low, high],
          },
          y: y.log
            ? { distr: 3 }
            : { range: (_, low) => [Math.min(0, low ?? 0), largest > 0 ? largest * 1.08 : 1] },
        },
        axes: [
          { ...axis, ...named, label: x.label, labelSize: 18, labelFont: axis.font, size: 30 },
          {
            ...axis,
            size: (_, values) =>
              20 + 7 * Math.max(2, ...(values ?? []).map((value) => String(value).length)),
            values: (_, places) => ticks(places, y.unit),
          },
        ],
        series: [
          {
            label: x.label,
            value: (_: Plot, value: number | null) =>
              names ? (names[value ?? -1] ?? '–') : number(value, ''),
          },
          ...series,
        ],
        hooks: { draw: [marks] },
      },
      [
        at,
        ...chart.series.map(({ values }) =>
          values.map((value) => (y.log && value !== null && value <= 0 ? null : value)),
        ),
      ],
      place,
    )
  }

  const drawn = new Map<Chart, Plot | undefined>()
  const drawAll = () => {
    for (const chart of data) {
      const place = document.querySelector<HTMLElement>(`[data-chart="${CSS.escape(chart.id)}"]`)
      if (!place) continue
      drawn.get(chart)?.destroy()
      drawn.set(chart, draw(chart, place))
    }
    root.dataset.charts = 'drawn'
  }
  const paper = (on: boolean) => {
    root.classList.toggle('paper', on)
    drawAll()
  }

  const start = async () => {
    const bytes = Uint8Array.from(atob(textOf('uplot')), (c) => c.charCodeAt(0))
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
    const library = document.createElement('script')
    library.textContent = await new Response(stream).text()
    document.head.append(library)
    drawAll()
    let width = innerWidth
    addEventListener('resize', () => {
      if (innerWidth !== width) drawAll()
      width = innerWidth
    })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
    addEventListener('beforeprint', () => paper(true))
    addEventListener('afterprint', () => paper(false))
  }
  if (typeof DecompressionStream === 'function') start()
})()
