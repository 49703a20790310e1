import type { LookupAddress } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import type { RelayedOptions } from '#node'

/** Where to connect: a name to look up or an address, and a port. */
export interface Destination {
  host: string
  port: number
}

/** A name or address that k6's own options forbid. */
export class BlockedError extends Error {
  readonly code = 'K6_BLOCKED'
}

/** Applies k6's `hosts` and `blockHostnames` to a name. Throws {@link BlockedError}. */
export function resolveName(name: string, port: number, options: RelayedOptions): Destination {
  const blocked = options.blockHostnames?.find((pattern) => matches(pattern, name))
  if (blocked !== undefined) {
    throw new BlockedError(`hostname (${name}) is in a blocked pattern (${blocked})`)
  }
  const mapped = findHost(options.hosts ?? {}, name, port)
  if (mapped === undefined) return { host: name, port }
  const [, bracketed, plain, mappedPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(mapped) ?? []
  // An IPv6 address without brackets has no port.
  const host = bracketed ?? plain ?? mapped
  return { host, port: mappedPort === undefined ? port : Number(mappedPort) }
}

/** k6 looks for the name with its port first, then for the name, then for wildcards. */
function findHost(hosts: Record<string, string>, name: string, port: number): string | undefined {
  const exact = hosts[`${name}:${port}`] ?? hosts[name]
  if (exact !== undefined) return exact
  const wild = Object.keys(hosts).find(
    (pattern) =>
      pattern.startsWith('*') && (matches(pattern, name) || matches(pattern, `${name}:${port}`)),
  )
  return wild === undefined ? undefined : hosts[wild]
}

function matches(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase()
  const own = name.toLowerCase()
  return wanted.startsWith('*') ? own.endsWith(wanted.slice(1)) : own === wanted
}

/** Throws {@link BlockedError} where k6's `blacklistIPs` has the address. */
export function checkAddress(address: string, options: RelayedOptions): void {
  for (const range of options.blacklistIPs ?? []) {
    const [net, bits] = range.split('/')
    const family = isIP(net ?? '')
    if (net === undefined || family === 0) continue
    const list = new BlockList()
    const type = family === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(net, type)
    else list.addSubnet(net, Number(bits), type)
    if (list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
      throw new BlockedError(`IP (${address}) is in a blacklisted range (${range})`)
    }
  }
}

/**
 * The address that is taken of those that a name has, by k6's `dns.policy` (IPv4 first unless it
 * says otherwise) and `dns.select` (any of them, unless it is `first`).
 *
 * @param draw a number from 0 to 1
 * @returns `undefined` where none fits
 */
export function chooseAddress(
  addresses: readonly LookupAddress[],
  dns: RelayedOptions['dns'],
  draw: () => number = Math.random,
): string | undefined {
  const fitting = byPolicy(addresses, dns?.policy)
  return fitting[dns?.select === 'first' ? 0 : Math.floor(draw() * fitting.length)]?.address
}

function byPolicy(addresses: readonly LookupAddress[], policy: string | null | undefined) {
  const of = (family: number) => addresses.filter((entry) => entry.family === family)
  const [first, second] = policy === 'preferIPv6' ? [6, 4] : [4, 6]
  if (policy === 'any') return addresses
  if (policy === 'onlyIPv4') return of(4)
  if (policy === 'onlyIPv6') return of(6)
  return of(first).length > 0 ? of(first) : of(second)
}
