/**
 * One thing that was looked at.
 *
 * @typedef {object} Finding
 * @property {string} check stable name, such as `buffering`
 * @property {'ok' | 'note' | 'warn' | 'fail'} level `fail`: a test would measure nothing true;
 *   `warn`: it would, with a catch; `note`: good to know
 * @property {string} found
 * @property {string} [means] for a test
 * @property {string} [todo]
 */

/** Words of servers that are out of memory, in errors and bodies. */
const MEMORY = /out of memory|\boom\b|cuda error|kv cache|not enough memory|insufficient memory/i

/**
 * @param {string} text of an error
 * @returns {Pick<Finding, 'means' | 'todo'> | undefined}
 */
export function memoryAdvice(text) {
  if (!MEMORY.test(text)) return undefined
  return {
    means: 'the server is out of memory: under load these become failures, or it restarts',
    todo:
      'look at nvidia-smi; vLLM: a lower --gpu-memory-utilization, --max-num-seqs or ' +
      '--max-model-len; a lighter load: -e MAX_VUS=5 -e TEST_DURATION=2m',
  }
}
