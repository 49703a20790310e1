import { randomBytes as bytes } from 'node:crypto'

export function randomBytes(size: number): ArrayBuffer {
  const buffer = bytes(size)
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + size) as ArrayBuffer
}
