import { SharedArray } from 'k6/data'
import { inVuCode, misuse } from '../core/errors.ts'

/**
 * Rows that are made once in a process and read by every VU without a copy (k6's `SharedArray`;
 * each reading costs 2 us). The first VU that loads the script makes them.
 *
 * @param name equal names are the same rows: it must tell all that they depend on
 */
export function sharedRows<T>(what: string, name: string, make: () => T[]): readonly T[] {
  if (inVuCode()) misuse(`${what}: expected to be called at init, outside of every function`)
  return new SharedArray(`k6-llm/${name}`, make as () => never[]) as unknown as readonly T[]
}
