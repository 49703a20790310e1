import type { OnProgress } from './read.ts'

export interface Progress {
  onProgress?: OnProgress
  /** takes the line away */
  done(): void
}

/** A line of progress on a terminal, from half a second on; nothing elsewhere. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { done() {} }
  const start = performance.now()
  let shown = start + 300
  let written = false
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
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
