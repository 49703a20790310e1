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

/** Errors at one load. */
export interface CertificateStep {
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
  schema: 'k6-llm/certificate@1'
  /** ISO 8601, UTC. */
  generatedAt: string
  /** ms that p99 had to stay under. */
  limit: number
  machine: { cpus: number; model: string; os: string }
  versions: { k6llm: string; k6: string; node: string }
  steps: CertificateStep[]
  /** The largest load up to which every step held; `null` where none did. */
  holds: { streams: number; rate: number } | null
}

/** Ends the test for what is no certificate. */
export function checkCertificate(value: unknown): Certificate {
  const given = value as Certificate | null
  if (
    given === null ||
    typeof given !== 'object' ||
    given.schema !== 'k6-llm/certificate@1' ||
    typeof given.limit !== 'number' ||
    given.holds === undefined
  ) {
    misuse(
      `createSummary: certificate=${show(value)}: expected what calibrate --out wrote, like ` +
        "JSON.parse(open('./certificate.json'))",
    )
  }
  return given
}

/** The certificate in one sentence. */
export function certificateLine(certificate: Certificate, w: Words['validity']): string {
  const { generatedAt, holds, limit } = certificate
  return fill(holds ? w.certificate : w.uncertified, {
    date: generatedAt.slice(0, 10),
    limit: formatGoal(limit, 'ms'),
    ...(holds && { streams: holds.streams, rate: holds.rate }),
  })
}
