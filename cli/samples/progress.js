/** @import { OnProgress } from './read.js' */

/**
 * A line of progress on a terminal, from half a second on; nothing elsewhere.
 *
 * @param {NodeJS.WriteStream} [stream]
 * @returns {{ onProgress?: OnProgress, done(): void }}
 */
export function showProgress(stream = process.stderr) {
  if (!stream.isTTY) return { done() {} }
  const start = performance.now()
  let shown = start + 300
  let written = false
  const mb = (/** @type {number} */ bytes) => `${Math.round(bytes / 1e6)} MB`
  return {
    onProgress(file, read, size) {
      const now = performance.now()
      if (now - shown < 200) return
      shown = now
      written = true
      const share = size ? ` of ${mb(size)}, ${Math.floor((read / size) * 100)} %` : ''
      stream.write(`\r\u001b[Kreading ${file}: ${mb(read)}${share}`)
    },
    done() {
      if (written) stream.write('\r\u001b[K')
    },
  }
}
