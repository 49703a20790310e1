import { misuse, show } from '../core/errors.ts'
import { formatGoal } from './format.ts'
import { fill } from './words/language.ts'
import type { Words } from './words/words.ts'

/** Quantiles of an error, in ms. */
export interface ErrorQuantiles {
  count: number
  p50: number
  p99: number
  max: number
}

/** How tokens were seen arriving: the name of the transport. */
export type CertifiedWay = 'relay' | 'k6/x/sse'

/** Streams begin one after the other, or all at once. */
export type CertifiedStart = 'spread' | 'together'

/** Errors at one load. */
export interface CertificateStep {
  way: CertifiedWay
  start: CertifiedStart
  streams: number
  /** Tokens per second of each stream. */
  rate: number
  ttft: ErrorQuantiles
  gap: ErrorQuantiles
  /** p99 of `llm_client_lag` meanwhile, ms. */
  lag?: number
  /** Streams that failed or did not come to their end in time. */
  lost: number
  /** p99 of both errors is under the limit, and no stream was lost. */
  holds: boolean
}

/**
 * What `calibrate --out` writes: the error of this machine's times, against a server that kept
 * when it sent each token.
 */
export interface Certificate {
  schema: 'k6-llm/certificate@2'
  /** ISO 8601, UTC. */
  generatedAt: string
  /** ms that p99 had to stay under. */
  limit: number
  machine: { cpus: number; model: string; os: string }
  versions: { k6llm: string; k6: string; node: string }
  steps: CertificateStep[]
  /** By way and start, the largest load up to which every step held. */
  holds: CertificateHold[]
}

export interface CertificateHold {
  way: CertifiedWay
  start: CertifiedStart
  /** Tokens per second of each stream. */
  rate: number
  /** `null` where not even the smallest load held. */
  streams: number | null
}

/** Ends the test for what is no certificate. */
export function checkCertificate(value: unknown): Certificate {
  const given = value as Certificate | null
  if (
    given === null ||
    typeof given !== 'object' ||
    given.schema !== 'k6-llm/certificate@2' ||
    typeof given.limit !== 'number' ||
    !Array.isArray(given.holds)
  ) {
    misuse(
      `createSummary: certificate=${show(value)}: expected what calibrate --out wrote, like ` +
        "JSON.parse(open('./certificate.json'))",
    )
  }
  return given
}

/**
 * The certificate in one sentence.
 *
 * @param transport of the run: it is told of that way where it has it
 */
export function certificateLine(
  { generatedAt, holds, limit }: Certificate,
  w: Words['validity'],
  transport?: string,
): string {
  const way = (holds.filter((hold) => hold.way === transport)[0] ?? holds[0])?.way
  const of = (start: CertifiedStart) =>
    holds.filter((hold) => hold.way === way && hold.start === start)[0]
  const spread = of('spread')
  const together = of('together')
  const held = spread?.streams || together?.streams
  const text = held && together ? w.certificate : held ? w.certifiedSpread : w.uncertified
  return fill(text, {
    date: generatedAt.slice(0, 10),
    way: way ?? '-',
    limit: formatGoal(limit, 'ms'),
    streams: spread?.streams ?? 0,
    together: together?.streams ?? 0,
    rate: spread?.rate ?? 0,
  })
}
