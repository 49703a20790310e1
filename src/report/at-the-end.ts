// What a summary needs at the end of a run only.
import { defaultTransport } from '../chat/default-transport.ts'
import type { Failure } from '../chat/transports/transport.ts'
import { env } from '../core/env.ts'
import type { ReportContext } from './record.ts'

/** A text, or several with a label each. */
export type Notes = string | { [label: string]: string | number }

/** What failed in the server's words, where the relay was in force. */
export function failuresOf(data: unknown): Failure[] | undefined {
  const state = (data as { state?: { testRunDurationMs?: number } } | null)?.state
  return defaultTransport()?.failures?.(Date.now() - (state?.testRunDurationMs ?? 0))
}

export function notesOf(notes: Notes = {}): NonNullable<ReportContext['notes']> {
  return typeof notes === 'string'
    ? [{ text: notes }]
    : Object.keys(notes).map((label) => ({ label, text: String(notes[label]) }))
}

/** Path of the files without their ending. */
export function baseOf(
  options: { file?: string; directory?: string },
  title: string,
  generatedAt: string,
): string {
  if (options.file !== undefined) return options.file.replace(/\.json$/, '')
  const directory = options.directory ?? (env.string('RESULTS_DIR', 'results') as string)
  const stamp = generatedAt.slice(0, 19).replace(/[-:]/g, '')
  return `${directory.replace(/\/+$/, '')}/${slug(title)}-${stamp}Z`
}

/** A file name from a title: small letters, digits and Hangul, Han or other letters, with dashes. */
function slug(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9\u00c0-\u02af\u0370-\u1fff\u3040-\u9fff\uac00-\ud7a3]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'report' : name
}

/**
 * k6's own data without what may be secret, for a report that could not be made: `setup_data` is
 * what `setup()` returned, such as a token; the machine-readable shape has the whole script.
 */
export function rawJson(data: unknown): string {
  return `${JSON.stringify(data, (key, value) =>
    key === 'setup_data' || key === 'script' ? undefined : value,
  )}\n`
}
