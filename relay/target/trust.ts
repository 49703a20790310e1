import { existsSync, readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

/** Variables of an environment. */
type Environment = Readonly<Record<string, string | undefined>>

/** How the server is trusted, and how the relay proves who it is. */
export interface TlsSettings {
  /** Certificates that are trusted besides Node's own, PEM. */
  ca?: string
  /** The client's own, PEM. */
  cert?: string
  key?: string
  /** Any certificate will do. */
  insecure: boolean
  /** Offer HTTP/2. */
  http2: boolean
}

/** Where Go, and so k6, looks for what the machine trusts. */
const STORES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * What k6 would trust on this machine and Node does not by itself: the store of the system, or
 * `SSL_CERT_FILE` in its place; and `NODE_EXTRA_CA_CERTS`.
 *
 * @returns PEM, one text for each file
 */
export function trustedHere(environment: Environment): string[] {
  const { SSL_CERT_FILE: own, NODE_EXTRA_CA_CERTS: extra } = environment
  const files = [own || STORES.find((file) => existsSync(file)), extra || undefined]
  return files.flatMap((file) => {
    try {
      return file === undefined ? [] : [readFileSync(file, 'utf8')]
    } catch {
      return [] // as Go and Node: a store that is not there adds nothing
    }
  })
}

const contexts = new WeakMap<TlsSettings, SecureContext>()

/** Made once: reading some 300 certificates for each connection would stand in its times. */
export function secureContext(tls: TlsSettings): SecureContext {
  const known = contexts.get(tls)
  if (known !== undefined) return known
  const made = createSecureContext({
    ...(tls.ca !== undefined && { ca: [...rootCertificates, tls.ca] }),
    cert: tls.cert,
    key: tls.key,
  })
  contexts.set(tls, made)
  return made
}
