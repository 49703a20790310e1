import { connect, isIP, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { RelayedOptions } from '#node'
import { lookupAll } from './lookup.ts'
import { checkAddress, chooseAddress, resolveName } from './names.ts'
import { secureContext, type TlsSettings } from './trust.ts'
import { openTunnel } from './tunnel.ts'

/** A way to a server. */
export interface Route {
  target: URL
  proxy?: URL
  /** Unix socket of the server, in place of its name and port. */
  path?: string
  options: RelayedOptions
  tls: TlsSettings
}

/** A connection that is being opened. */
export interface Opening {
  socket?: Socket
  cancelled: boolean
}

/** k6's own bound for opening a connection, in ms. */
const DIAL_TIMEOUT = 30_000

/**
 * Opens a connection: name, TCP, proxy, TLS.
 *
 * @param given what it has come to so far; `cancelled` there ends it, whatever it is waiting for
 */
export async function openSocket(
  route: Route,
  given: Opening,
  timeout = DIAL_TIMEOUT,
): Promise<Socket | TLSSocket> {
  const { target, proxy } = route
  const limit = setTimeout(() => {
    const error = new Error(`dial ${(proxy ?? target).host}: i/o timeout`)
    given.socket?.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
  }, timeout)
  const made = (socket: Socket) => {
    given.socket = socket
    if (given.cancelled) cancelOpening(given)
  }
  try {
    const socket = route.path
      ? await openPath(route.path, made)
      : await openTcp(proxy ?? target, route.options, made)
    if (target.protocol === 'http:') return socket
    if (proxy !== undefined) await openTunnel(socket, target, proxy)
    const secured = secure(socket, route)
    made(secured)
    return await ready(secured, 'secureConnect')
  } finally {
    clearTimeout(limit)
  }
}

/** Ends the opening of a connection that nobody wants any more. */
export function cancelOpening(given: Opening): void {
  given.cancelled = true
  given.socket?.destroy(new Error('given up'))
}

function openPath(path: string, made: (socket: Socket) => void) {
  const socket = connect({ path })
  made(socket)
  return ready(socket, 'connect')
}

/** k6's options hold for the address of a proxy too: they are its dialer's. */
async function openTcp(url: URL, options: RelayedOptions, made: (socket: Socket) => void) {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const destination = resolveName(name, port, options)
  const address = await addressOf(destination.host, options)
  checkAddress(address, options)
  const socket = connect({ host: address, port: destination.port, noDelay: true, keepAlive: true })
  made(socket)
  return ready(socket, 'connect')
}

async function addressOf(name: string, options: RelayedOptions): Promise<string> {
  if (isIP(name) > 0) return name
  const address = chooseAddress(await lookupAll(name), options.dns)
  if (address !== undefined) return address
  throw Object.assign(new Error(`lookup ${name}: no address of the family that dns.policy wants`), {
    code: 'ENOTFOUND',
  })
}

function secure(socket: Socket, { target, options, tls }: Route): TLSSocket {
  const host = target.hostname.replace(/^\[|\]$/g, '')
  return tlsConnect({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    secureContext: secureContext(tls),
    rejectUnauthorized: !(tls.insecure || options.insecureSkipTLSVerify === true),
    ALPNProtocols: tls.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
  })
}

function ready<T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed while it was opened')))
    socket.once(event, () => {
      socket.removeListener('error', reject)
      resolve(socket)
    })
  })
}
