import { BlockList, isIP } from 'node:net'

/** Variables of an environment. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for an address, by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` (either case), as Go's
 * HTTP client and thus k6 reads them: never for loopback addresses.
 *
 * @returns `undefined` for none. Throws for a proxy that is no http address
 */
export function proxyFor(target: URL, environment: Environment): URL | undefined {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()]
  const value = read(target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (value === undefined || !usesProxy(target, read('NO_PROXY') ?? '')) return undefined
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
  if (!URL.canParse(text)) throw new Error('the proxy of the environment is no address')
  const proxy = new URL(text)
  if (proxy.protocol !== 'http:') {
    throw new Error(`proxies of the kind ${proxy.protocol} are not supported, only http:`)
  }
  return proxy
}

function usesProxy(target: URL, noProxy: string): boolean {
  const name = target.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  if (name === 'localhost' || isLoopback(name)) return false
  return !noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && covers(entry, name, port))
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(name: string): boolean {
  return isIP(name) > 0 && loopback.check(name, isIP(name) === 6 ? 'ipv6' : 'ipv4')
}

function covers(entry: string, name: string, port: string): boolean {
  if (entry === '*') return true
  const range = /^(.+)\/(\d+)$/.exec(entry)
  if (range !== null) return inRange(name, range[1] ?? '', Number(range[2]))
  const [, bracketed, plain, entryPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? []
  const host = bracketed ?? plain ?? entry
  if (entryPort !== undefined && entryPort !== port) return false
  if (isIP(host) > 0) return host === name
  const suffix = host.replace(/^\*?\.?/, '')
  // A leading dot means the names below it only.
  return (
    name.endsWith(`.${suffix}`) || (name === suffix && !host.startsWith('.') && host[0] !== '*')
  )
}

function inRange(name: string, net: string, bits: number): boolean {
  const family = isIP(net)
  if (family === 0 || isIP(name) !== family) return false
  const list = new BlockList()
  const type = family === 6 ? 'ipv6' : 'ipv4'
  list.addSubnet(net, bits, type)
  return list.check(name, type)
}
