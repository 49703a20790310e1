// k6/crypto
import * as node from 'node:crypto'
import { toArrayBuffer, toBytes } from './bytes.js'
import { GoError } from './errors.js'

/** k6's names of algorithms to OpenSSL's. @type {Record<string, string>} */
const NAMES = {
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

/** @typedef {'hex' | 'base64' | 'base64url' | 'base64rawurl' | 'binary'} Output */

class Hasher {
  /** @param {node.Hash | node.Hmac} hash */
  constructor(hash) {
    this.hash = hash
    /** @type {Buffer | undefined} */
    this.bytes = undefined
  }

  /** @param {string | ArrayBuffer} input */
  update(input) {
    const bytes = toBytes(input)
    if (bytes === undefined)
      throw new GoError('invalid input: a string or an ArrayBuffer was expected')
    this.hash.update(bytes)
  }

  /** @param {Output} output */
  digest(output) {
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

/** @param {string} algorithm */
function nameOf(algorithm) {
  const name = NAMES[algorithm]
  if (name === undefined) throw new GoError(`Invalid algorithm: ${algorithm}`)
  return name
}

/** @param {string} algorithm */
export const createHash = (algorithm) => new Hasher(node.createHash(nameOf(algorithm)))

/**
 * @param {string} algorithm
 * @param {string | ArrayBuffer} secret
 */
export function createHMAC(algorithm, secret) {
  return new Hasher(node.createHmac(nameOf(algorithm), toBytes(secret) ?? ''))
}

/**
 * @param {string} algorithm
 * @param {string | ArrayBuffer} secret
 * @param {string | ArrayBuffer} input
 * @param {Output} output
 */
export function hmac(algorithm, secret, input, output) {
  const hasher = createHMAC(algorithm, secret)
  hasher.update(input)
  return hasher.digest(output)
}

/** @param {string} algorithm */
const hashOf =
  (algorithm) =>
  /**
   * @param {string | ArrayBuffer} input
   * @param {Output} output
   */
  (input, output) => {
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

/** @param {number} size */
export const randomBytes = (size) => {
  if (!(size >= 1)) throw new GoError('invalid size')
  return toArrayBuffer(new Uint8Array(node.randomBytes(size)))
}

/** @param {string | ArrayBuffer} input */
export const hexEncode = (input) => toBytes(input)?.toString('hex')

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
