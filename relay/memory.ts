/** Bounds of what is kept of answers, in bytes. */
export interface Limits {
  /** Of one answer. */
  answer: number
  /** Of all that are under way. */
  total: number
}

/** What answers under way may keep together. */
export function createMemory(limits: Limits) {
  let held = 0
  return {
    get held() {
      return held
    },
    /** One answer's account. */
    open() {
      let own = 0
      return {
        /** Why so many bytes more are too many, or `undefined`. */
        add(bytes: number): string | undefined {
          if (own + bytes > limits.answer) {
            return `the answer is larger than ${megabytes(limits.answer)}, which is all that the relay keeps of one (--max-answer)`
          }
          if (held + bytes > limits.total) {
            return `the answers under way are larger than ${megabytes(limits.total)} together, which is all that the relay keeps (--max-total)`
          }
          own += bytes
          held += bytes
          return undefined
        },
        close() {
          held -= own
          own = 0
        },
      }
    },
  }
}

export type Memory = ReturnType<typeof createMemory>

function megabytes(bytes: number): string {
  return `${Math.round((bytes / 1048576) * 100) / 100} MiB`
}
