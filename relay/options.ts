import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { parseHttpUrl, readAllowList } from './allow.ts'
import type { RelaySettings } from './settings.ts'
import { secureContext, type TlsSettings, trustedHere } from './target/trust.ts'

/** The options of the command, as they are typed. */
export interface RelayFlags {
  port: number
  host: string
  name: string[]
  allow: string[]
  workers: number
  socket: string[]
  record?: string
  ca?: string
  cert?: string
  key?: string
  insecure: boolean
  reuse: boolean
  sharedConnections: boolean
  http2: boolean
  maxAnswer: number
  maxTotal: number
}

const MIB = 1048576

/** Adds the options to a command. */
export function addOptions(command: Command): Command {
  return command
    .requiredOption('--allow <origin>', 'forward to this address only; may be repeated', collect)
    .option('--port <port>', 'port, 0 for a free one', whole(0, 65535), 9470)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <name>', 'name that k6 calls it by, where it is not an address', collect, [])
    .option('--workers <n>', 'processes; each uses a core', whole(1, 64), 1)
    .option('--socket <origin=path>', 'reach this address by a Unix socket', collect, [])
    .option('--record <file>', 'write one JSON line for each request')
    .option('--ca <file>', 'PEM file of certificates that are trusted too')
    .option('--cert <file>', "PEM file of the client's certificate")
    .option('--key <file>', "PEM file of the client's key")
    .option('--insecure', 'accept any certificate', false)
    .option('--no-reuse', 'open a connection for each request')
    .option('--shared-connections', 'one set of connections for all users', false)
    .option('--http2', 'use HTTP/2 where the server offers it', false)
    .option('--max-answer <MiB>', 'largest answer that is kept', whole(1, 4096), 64)
    .option('--max-total <MiB>', 'most of all answers under way', whole(1, 65536), 1024)
}

/** Reads the files and checks the rest. Throws an `Error` with words for the person. */
export function toSettings(
  flags: RelayFlags,
  environment: RelaySettings['environment'],
): RelaySettings {
  if ((flags.cert === undefined) !== (flags.key === undefined)) {
    throw new Error('--cert and --key go together')
  }
  return {
    host: flags.host,
    port: flags.port,
    allow: readAllowList(flags.allow),
    names: new Set([...flags.name, flags.host].map((name) => name.toLowerCase())),
    limits: { answer: flags.maxAnswer * MIB, total: flags.maxTotal * MIB },
    sockets: readSockets(flags.socket),
    tls: readTls(flags, environment),
    noReuse: !flags.reuse,
    shared: flags.sharedConnections,
    record: flags.record,
    environment,
  }
}

function readTls(flags: RelayFlags, environment: RelaySettings['environment']): TlsSettings {
  const given = read('--ca', flags.ca)
  const trusted = [...trustedHere(environment), ...(given === undefined ? [] : [given])]
  const tls: TlsSettings = {
    ...(trusted.length > 0 && { ca: trusted.join('\n') }),
    cert: read('--cert', flags.cert),
    key: read('--key', flags.key),
    insecure: flags.insecure,
    http2: flags.http2,
  }
  if (!flags.allow.some((origin) => /^https:/i.test(origin))) return tls
  try {
    secureContext(tls)
  } catch (error) {
    const words = error instanceof Error ? error.message : 'not readable'
    throw new Error(`--ca, --cert, --key: expected PEM (${words})`)
  }
  return tls
}

function readSockets(values: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    values.map((value) => {
      const [, origin = '', path = ''] = /^([^=]+)=(.+)$/.exec(value) ?? []
      const url = parseHttpUrl(origin)
      if (url !== undefined) return [url.origin, path]
      throw new Error(`--socket ${value}: expected ORIGIN=PATH, like http://llm=/run/llm.sock`)
    }),
  )
}

/** What a person must know of these options before anything else. */
export function warningsOf(flags: RelayFlags): string[] {
  const warnings: string[] = []
  if (!/^(127\.|::1$|localhost$)/.test(flags.host)) {
    warnings.push(
      `WARNING: --host ${flags.host}: every machine that reaches this address can send requests to ${flags.allow.join(', ')} through this relay`,
    )
  }
  if (flags.insecure) {
    warnings.push('WARNING: --insecure: certificates are not checked; anyone could be the server')
  }
  return warnings
}

function read(option: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${option} ${file}: ${error instanceof Error ? error.message : 'not readable'}`)
  }
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`)
  }
}
