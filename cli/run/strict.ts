import { readFileSync } from 'node:fs'
import { toReport } from '#node'
import type { Validity, ValidityReason } from '../../src/report/validity.ts'

/**
 * Whether the figures of a run are those of the service: what the script's own report says, else
 * by k6's figures.
 *
 * @param file as the wrapper or `--summary-export` wrote it
 * @returns undefined where k6 wrote none: it ended before
 */
export async function readValidity(file: string): Promise<Validity | undefined> {
  let told
  try {
    told = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  if (told.validity) return told.validity
  const data = told.data ?? fromExport(told)
  const context = {
    title: 'run',
    generatedAt: new Date().toISOString(),
    version: '',
    slas: [],
    notes: [],
  }
  return toReport(data, context).validity
}

/** k6's `--summary-export` says what handleSummary would have been given, without the types. */
export function fromExport({ metrics }: { metrics: Record<string, Record<string, any>> }) {
  const typed = Object.entries(metrics).map(([name, { thresholds: _, ...values }]) => {
    if ('passes' in values && 'fails' in values) {
      const { value: rate, ...rest } = values
      return [name, { type: 'rate', contains: 'default', values: { rate, ...rest } }]
    }
    const type = 'rate' in values ? 'counter' : 'value' in values ? 'gauge' : 'trend'
    return [name, { type, contains: 'default', values }]
  })
  return { metrics: Object.fromEntries(typed), state: { testRunDurationMs: 0 } }
}

/** Why a run that is not valid is not, and what helps: one line. */
export function whyNotValid({ reasons }: Validity) {
  return reasons.map(inWords).join('; ')
}

function inWords({ kind, value = 0, limit = 0, count, total }: ValidityReason) {
  const share = (of: number) => `${Number((of * 100).toPrecision(3))} %`
  switch (kind) {
    case 'lag':
      return `client lag p99 ${Number(value.toPrecision(3))} ms, limit ${limit} ms: fewer users on this machine, or more cores`
    case 'dropped':
      return `${count} of ${total} iterations were dropped (${share(value)}, limit ${share(limit)}): more preAllocatedVUs and maxVUs, or a lower rate`
    case 'unfinished':
      return `${count} of ${total} iterations did not end (${share(value)}, limit ${share(limit)}): a longer gracefulStop or maxDuration, or more users`
    case 'buffered':
      return `${share(value)} of the streams were buffered: let the proxy stream`
    case 'nothing':
      return 'no request was sent'
    case 'unwatched':
      return 'nothing watched the load generator: pause() in place of sleep(), or clientLagScenario() (docs/validity.md)'
    case 'column':
      return 'p(99) of llm_client_lag was not kept: export summaryTrendStats'
  }
}
