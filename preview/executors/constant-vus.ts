import type { Field } from './field.ts'

/** A fixed number of VUs, each iterating as long as the time lasts. */
export async function constantVus({ acquire, iterate, over, release, scenario, short }: Field) {
  const loop = async () => {
    const vu = acquire()
    if (vu === undefined) return short()
    while (!over()) await iterate(vu)
    release(vu)
  }
  await Promise.all(Array.from({ length: scenario.vus }, loop))
}
