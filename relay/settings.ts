import type { AllowList } from './allow.ts'
import type { Limits } from './memory.ts'
import type { TlsSettings } from './target/trust.ts'

/** What a relay was started with. */
export interface RelaySettings {
  host: string
  /** 0 asks the operating system for one. */
  port: number
  allow: AllowList
  /** Names besides addresses and localhost under which k6 may call it. */
  names: ReadonlySet<string>
  /** Origins that are reached by a Unix socket, and its path. */
  sockets?: ReadonlyMap<string, string>
  limits: Limits
  tls: TlsSettings
  /** Open a connection for each request. */
  noReuse: boolean
  /** One set of connections for all users. */
  shared: boolean
  /** File of the record. */
  record?: string
  /** Where the proxies are read from. */
  environment: Readonly<Record<string, string | undefined>>
}
