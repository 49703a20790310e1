import type { Certificate, ErrorQuantiles } from '#node'

/** The steps as a table, and the load that holds. */
export function toText({ machine, versions, limit, steps, holds }: Certificate): string {
  const errors = ['p50', 'p99', 'max', 'of']
  const rows = [
    ['', '', ...['TTFT', '', '', ''], ...['gaps', '', '', ''], 'lag', ''],
    ['streams', 'tokens/s', ...errors, ...errors, 'p99', ''],
    ...steps.map(({ streams, rate, ttft, gap, lag, lost, holds: held }) => [
      String(streams),
      String(streams * rate),
      ...cells(ttft),
      ...cells(gap),
      lag === undefined ? '-' : format(lag),
      lost > 0 ? `${lost} lost` : held ? '' : `over ${limit} ms`,
    ]),
  ]
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widthOf(i))))
      .join('  ')
      .trimEnd(),
  )
  const result = holds
    ? `p99 of both errors stays under ${limit} ms up to ${holds.streams} ` +
      `${holds.streams === 1 ? 'stream' : 'streams'} of ${holds.rate} tokens/s.`
    : `p99 of both errors stays under ${limit} ms at none of these loads.`
  return [
    `k6 ${versions.k6}, k6-llm ${versions.k6llm}, Node ${versions.node}; ` +
      `${machine.cpus} CPUs (${machine.model}), ${machine.os}`,
    'Error of TTFT and of gaps in ms, against the send times that the simulator kept',
    '',
    ...lines,
    '',
    result,
    'The simulator shares the CPUs: its own delays after a token was handed to the system, and the',
    'connection inside TTFT, count as errors of k6. Under 100 values p99 is nearly the maximum.',
    '',
  ].join('\n')
}

function cells({ p50, p99, max, count }: ErrorQuantiles): string[] {
  return [...[p50, p99, max].map(format), String(count)]
}

function format(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 1)
}
