import { isAscii } from 'node:buffer'

/**
 * Turns pieces of UTF-8, cut anywhere, into text. Invalid bytes become U+FFFD as the WHATWG
 * standard says; a byte order mark is kept, since the event parser drops it itself.
 */
export function createTextDecoder() {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let clean = true // no begun character is waiting in the decoder
  return {
    decode(piece: Buffer): string {
      // Most tokens are ASCII, for which the decoder is five times as slow.
      if (clean && isAscii(piece)) return piece.toString('latin1')
      const last = piece[piece.length - 1]
      if (last !== undefined) clean = last < 0x80
      return decoder.decode(piece, { stream: true })
    },
    /** What a cut-off character at the end comes to. */
    end: () => decoder.decode(),
  }
}
