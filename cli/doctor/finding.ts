/** One thing that was looked at. */
export interface Finding {
  /** stable name, such as `buffering` */
  check: string
  /**
   * `fail`: a test would measure nothing true;
   * `warn`: it would, with a catch; `note`: good to know
   */
  level: 'ok' | 'note' | 'warn' | 'fail'
  found: string
  /** for a test */
  means?: string
  todo?: string
}

/** Words of servers that are out of memory, in errors and bodies. */
const MEMORY = /out of memory|\boom\b|cuda error|kv cache|not enough memory|insufficient memory/i

/** @param text of an error */
export function memoryAdvice(text: string): Pick<Finding, 'means' | 'todo'> | undefined {
  if (!MEMORY.test(text)) return undefined
  return {
    means: 'the server is out of memory: under load these become failures, or it restarts',
    todo:
      'look at nvidia-smi; vLLM: a lower --gpu-memory-utilization, --max-num-seqs or ' +
      '--max-model-len; a lighter load: -e MAX_VUS=5 -e TEST_DURATION=2m',
  }
}
