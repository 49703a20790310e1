// k6/crypto
import * as node from 'node:crypto'
import { toArrayBuffer, toBytes } from '../bytes.ts'
import { GoError } from '../errors.ts'

/** k6's names of algorithms to OpenSSL's. */
const NAMES: Record<string, string> = {
  md4: 'md4',
  md5: 'md5',
  sha1: 'sha1',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha512_224: 'sha512-224',
  sha512_256: 'sha512-256',
  ripemd160: 'ripemd160',
}

type Output = 'hex' | 'base64' | 'base64url' | 'base64rawurl' | 'binary'

class Hasher {
  hash: node.Hash | node.Hmac
  bytes: Buffer | undefined

  constructor(hash: node.Hash | node.Hmac) {
    this.hash = hash
    this.bytes = undefined
  }

  update(input: string | ArrayBuffer) {
    const bytes = toBytes(input)
    if (bytes === undefined)
      throw new GoError('invalid input: a string or an ArrayBuffer was expected')
    this.hash.update(bytes)
  }

  digest(output: Output) {
    // k6 gives the digest as often as it is asked for, Node once.
    this.bytes ??= this.hash.digest()
    const { bytes } = this
    if (output === 'binary') return toArrayBuffer(bytes)
    if (output === 'hex' || output === 'base64') return bytes.toString(output)
    const raw = bytes.toString('base64url')
    if (output === 'base64rawurl') return raw
    if (output === 'base64url') return raw.padEnd(Math.ceil(raw.length / 4) * 4, '=')
    throw new GoError(`Invalid output encoding: ${output}`)
  }
}

function nameOf(algorithm: string) {
  const name = NAMES[algorithm]
  if (name === undefined) throw new GoError(`Invalid algorithm: ${algorithm}`)
  return name
}

export const createHash = (algorithm: string) => new Hasher(node.createHash(nameOf(algorithm)))

export function createHMAC(algorithm: string, secret: string | ArrayBuffer) {
  return new Hasher(node.createHmac(nameOf(algorithm), toBytes(secret) ?? ''))
}

export function hmac(
  algorithm: string,
  secret: string | ArrayBuffer,
  input: string | ArrayBuffer,
  output: Output,
) {
  const hasher = createHMAC(algorithm, secret)
  hasher.update(input)
  return hasher.digest(output)
}

const hashOf = (algorithm: string) => (input: string | ArrayBuffer, output: Output) => {
  const hasher = createHash(algorithm)
  hasher.update(input)
  return hasher.digest(output)
}

export const md4 = hashOf('md4')
export const md5 = hashOf('md5')
export const sha1 = hashOf('sha1')
export const sha256 = hashOf('sha256')
export const sha384 = hashOf('sha384')
export const sha512 = hashOf('sha512')
export const sha512_224 = hashOf('sha512_224')
export const sha512_256 = hashOf('sha512_256')
export const ripemd160 = hashOf('ripemd160')

export const randomBytes = (size: number) => {
  if (!(size >= 1)) throw new GoError('invalid size')
  return toArrayBuffer(new Uint8Array(node.randomBytes(size)))
}

export const hexEncode = (input: string | ArrayBuffer) => toBytes(input)?.toString('hex')

export default {
  createHash,
  createHMAC,
  hexEncode,
  hmac,
  md4,
  md5,
  randomBytes,
  ripemd160,
  sha1,
  sha256,
  sha384,
  sha512,
  sha512_224,
  sha512_256,
}
