import { misuse, show } from '../core/errors.ts'
import { createFaults, type FileRecord, readCsvRows, readJsonLines } from './records.ts'

export type TraceFormat = 'mooncake' | 'azure' | 'burstgpt'

/** One request of a trace. */
export interface TraceRow {
  /** ms, from any origin. */
  time: number
  input: number
  output: number
  /** Ids of blocks of 512 tokens. */
  blocks?: number[]
}

type Read = (value: FileRecord['value']) => TraceRow | string

const READERS: { [format in TraceFormat]: Read } = {
  // https://github.com/kvcache-ai/Mooncake/tree/main/FAST25-release/traces
  mooncake(value) {
    const { timestamp, input_length, output_length, hash_ids } = value
    if (typeof timestamp !== 'number') return `timestamp=${show(timestamp)}: expected ms`
    const row = withTokens(timestamp, input_length, output_length, 'input_length', 'output_length')
    if (typeof row === 'string' || hash_ids === undefined) return row
    if (!Array.isArray(hash_ids) || hash_ids.some((id) => typeof id !== 'number')) {
      return `hash_ids=${show(hash_ids)}: expected a list of numbers`
    }
    row.blocks = hash_ids
    return row
  },
  // https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
  azure(value) {
    const time = readTimestamp(String(value.TIMESTAMP))
    if (time === undefined) {
      return `TIMESTAMP=${show(value.TIMESTAMP)}: expected a time like 2023-11-16 18:17:03.9799600`
    }
    const { ContextTokens, GeneratedTokens } = value
    return withTokens(time, ContextTokens, GeneratedTokens, 'ContextTokens', 'GeneratedTokens')
  },
  // https://github.com/HPMLL/BurstGPT
  burstgpt(value) {
    const time = numberOf(value.Timestamp)
    if (time === undefined) return `Timestamp=${show(value.Timestamp)}: expected seconds`
    const { 'Request tokens': input, 'Response tokens': output } = value
    return withTokens(time * 1000, input, output, 'Request tokens', 'Response tokens')
  },
}

/**
 * Reads a trace, in the order of time. Bad rows are named and left out, or end the test
 * (`strict`).
 */
export function readTrace(
  name: string,
  text: string,
  options: { format?: TraceFormat; strict: boolean },
): { rows: TraceRow[]; skipped: number } {
  const format = options.format === undefined ? formatOf(name, text) : options.format
  const read = READERS[format]
  if (read === undefined) {
    misuse(`${name}: format=${show(format)}: expected 'mooncake', 'azure' or 'burstgpt'`)
  }
  const faults = createFaults(name, options.strict)
  const records = format === 'mooncake' ? readJsonLines(text, faults) : readCsvRows(text, faults)
  const rows: TraceRow[] = []
  for (const { line, value } of records) {
    const row = read(value)
    if (typeof row === 'string') faults.add(line, row)
    else rows.push(row)
  }
  faults.tell()
  if (rows.length === 0) misuse(`${name}: no row that can be read as ${format}`)
  rows.sort((a, b) => a.time - b.time)
  return { rows, skipped: faults.count }
}

/** By its first line. */
function formatOf(name: string, text: string): TraceFormat {
  const head = text
    .slice(0, 2000)
    .replace(/^\ufeff/, '')
    .split(/\r|\n/)[0] as string
  if (/^\s*\{/.test(head)) return 'mooncake'
  if (/ContextTokens/.test(head)) return 'azure'
  if (/Request tokens/.test(head)) return 'burstgpt'
  return misuse(
    `${name} begins with ${show(head)}: expected JSON lines of Mooncake, or the columns TIMESTAMP, ` +
      'ContextTokens, GeneratedTokens (Azure) or Timestamp, Request tokens, Response tokens (BurstGPT)',
  )
}

function withTokens(
  time: number,
  input: unknown,
  output: unknown,
  inputName: string,
  outputName: string,
): TraceRow | string {
  const tokens = [numberOf(input), numberOf(output)] as const
  if (!(tokens[0] !== undefined && tokens[0] >= 1)) {
    return `${inputName}=${show(input)}: expected tokens, 1 or more`
  }
  // 0 is a request that failed when it was recorded: it has no answer to ask for.
  if (!(tokens[1] !== undefined && tokens[1] >= 1)) {
    return `${outputName}=${show(output)}: expected tokens, 1 or more`
  }
  return { time, input: tokens[0], output: tokens[1] }
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

/** `2023-11-16 18:17:03.9799600`, with or without an offset, which all rows share: ms. */
function readTimestamp(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d(?:\.\d+)?)/.exec(text.trim())
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, ...number[]]
  const whole = Date.UTC(
    year as number,
    (month as number) - 1,
    day as number,
    hour as number,
    minute as number,
  )
  return whole + (second as number) * 1000
}
