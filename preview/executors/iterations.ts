import type { Field } from './field.ts'

/** A fixed number of iterations: of each VU, or shared by all. */
export async function iterations({ acquire, iterate, over, release, scenario, short }: Field) {
  const shared = scenario.executor === 'shared-iterations'
  let left = scenario.iterations
  const loop = async () => {
    const vu = acquire()
    if (vu === undefined) return short()
    let own = scenario.iterations
    while (!over() && (shared ? left-- : own--) > 0) await iterate(vu)
    release(vu)
  }
  await Promise.all(Array.from({ length: scenario.vus }, loop))
}
