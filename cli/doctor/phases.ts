import type { Streamed } from './stream.ts'

/** When each phase of one stream ended, in ms; what was not there is null. */
export interface Phases {
  status: number | null
  /** until the name was looked up */
  dns: number | null
  /** until TCP stood */
  connect: number | null
  /** until TLS stood */
  tls: number | null
  /** of the response: its headers (curl's time_starttransfer) */
  firstByte: number | null
  firstToken: number | null
  total: number
  /** with output */
  events: number
  /** as the server counts */
  tokens: number | null
}

export function phasesOf({ seen: { status, at }, result }: Streamed): Phases {
  return {
    status: status ?? null,
    dns: rounded(at.dns),
    connect: rounded(at.connect),
    tls: rounded(at.tls),
    firstByte: rounded(at.headers),
    firstToken: rounded(result.timing.ttft),
    total: rounded(at.total) ?? 0,
    events: result.stream.chunks,
    tokens: result.usage.completionTokens ?? null,
  }
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 100) / 100
}
