import type { Certificate, CertificateHold, CertificateStep, ErrorQuantiles } from '#node'

const STARTS = { spread: 'spread', together: 'at once' } as const

/** The steps of each way as a table, and the loads that hold. */
export function toText({ machine, versions, limit, steps, holds }: Certificate): string {
  const ways = [...new Set(steps.map(({ way }) => way))]
  return [
    `k6 ${versions.k6}, k6-llm ${versions.k6llm}, Node ${versions.node}; ` +
      `${machine.cpus} CPUs (${machine.model}), ${machine.os}`,
    'Error of TTFT and of gaps in ms, against the send times that the simulator kept',
    ...ways.flatMap((way) => [
      '',
      way === 'relay' ? 'through the relay' : `by ${way}`,
      ...tableOf(
        steps.filter((step) => step.way === way),
        limit,
      ),
    ]),
    '',
    ...holds.map((hold) => resultOf(hold, limit)),
    'The simulator shares the CPUs: its own delays after a token was handed to the system, and the',
    'connection inside TTFT, count as errors of k6. Under 100 values p99 is nearly the maximum.',
    '',
  ].join('\n')
}

function tableOf(steps: CertificateStep[], limit: number): string[] {
  const errors = ['p50', 'p99', 'max', 'of']
  const rows = [
    ['', '', '', ...['TTFT', '', '', ''], ...['gaps', '', '', ''], 'lag', ''],
    ['starts', 'streams', 'tokens/s', ...errors, ...errors, 'p99', ''],
    ...steps.map(({ start, streams, rate, ttft, gap, lag, lost, holds: held }) => [
      STARTS[start],
      String(streams),
      String(streams * rate),
      ...cells(ttft),
      ...cells(gap),
      lag === undefined ? '-' : format(lag),
      lost > 0 ? `${lost} lost` : held ? '' : `over ${limit} ms`,
    ]),
  ]
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widthOf(i))))
      .join('  ')
      .trimEnd(),
  )
}

function resultOf({ way, start, rate, streams }: CertificateHold, limit: number): string {
  const upTo =
    streams === null
      ? 'at none of these loads'
      : `up to ${streams} ${streams === 1 ? 'stream' : 'streams'} of ${rate} tokens/s`
  return `${way}, starts ${STARTS[start]}: p99 of both errors stays under ${limit} ms ${upTo}.`
}

function cells({ p50, p99, max, count }: ErrorQuantiles): string[] {
  return [...[p50, p99, max].map(format), String(count)]
}

function format(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 1)
}
