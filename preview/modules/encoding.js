// k6/encoding
import { Buffer } from 'node:buffer'
import { toArrayBuffer, toBytes } from './bytes.js'
import { GoError } from './errors.js'

/** @typedef {'std' | 'rawstd' | 'url' | 'rawurl'} Variant */

/**
 * @param {string | ArrayBuffer} input
 * @param {Variant} [variant]
 */
export function b64encode(input, variant = 'std') {
  const bytes = toBytes(input)
  if (bytes === undefined)
    throw new GoError(`invalid type ${typeof input}, expected string or ArrayBuffer`)
  const url = variant === 'url' || variant === 'rawurl'
  const text = bytes.toString(url ? 'base64url' : 'base64').replace(/=+$/, '')
  return variant.startsWith('raw') ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/**
 * @param {string} input
 * @param {Variant} [variant]
 * @param {'s' | 'b'} [format] `s` for a string
 */
export function b64decode(input, variant = 'std', format) {
  const bytes = Buffer.from(String(input), variant.endsWith('url') ? 'base64url' : 'base64')
  return format === 's' ? bytes.toString('utf8') : toArrayBuffer(bytes)
}

export default { b64encode, b64decode }
