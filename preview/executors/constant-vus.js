/**
 * A fixed number of VUs, each iterating as long as the time lasts.
 *
 * @param {import('./index.js').Field} field
 */
export async function constantVus({ acquire, iterate, over, release, scenario, short }) {
  const loop = async () => {
    const vu = acquire()
    if (vu === undefined) return short()
    while (!over()) await iterate(vu)
    release(vu)
  }
  await Promise.all(Array.from({ length: scenario.vus }, loop))
}
