// k6/encoding
import { Buffer } from 'node:buffer'
import { toArrayBuffer, toBytes } from '../bytes.ts'
import { GoError } from '../errors.ts'

type Variant = 'std' | 'rawstd' | 'url' | 'rawurl'

export function b64encode(input: string | ArrayBuffer, variant: Variant = 'std') {
  const bytes = toBytes(input)
  if (bytes === undefined)
    throw new GoError(`invalid type ${typeof input}, expected string or ArrayBuffer`)
  const url = variant === 'url' || variant === 'rawurl'
  const text = bytes.toString(url ? 'base64url' : 'base64').replace(/=+$/, '')
  return variant.startsWith('raw') ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** @param format `s` for a string */
export function b64decode(input: string, variant: Variant = 'std', format?: 's' | 'b') {
  const bytes = Buffer.from(String(input), variant.endsWith('url') ? 'base64url' : 'base64')
  return format === 's' ? bytes.toString('utf8') : toArrayBuffer(bytes)
}

export default { b64encode, b64decode }
