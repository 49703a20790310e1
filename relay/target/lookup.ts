import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'

/** How long k6 keeps an address, in ms (its `dns.ttl`). */
const KEPT = 300_000

const known = new Map<string, { addresses: Promise<LookupAddress[]>; until: number }>()

/**
 * The addresses of a name. Kept as long as k6 keeps them, so that 200 users who start at once look
 * up once; a failure is not kept.
 */
export function lookupAll(name: string): Promise<LookupAddress[]> {
  const found = known.get(name)
  if (found !== undefined && found.until > Date.now()) return found.addresses
  const addresses = lookup(name, { all: true, order: 'verbatim' })
  known.set(name, { addresses, until: Date.now() + KEPT })
  addresses.catch(() => known.delete(name))
  return addresses
}
