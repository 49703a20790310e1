import type { Vu } from '../vus.ts'
import type { Field } from './index.ts'

/** When the number of VUs changes, and to what: one step at a time, evenly over each stage. */
export function steps(
  start: number,
  stages: { duration: number; target: number }[],
): { at: number; vus: number }[] {
  const list = [{ at: 0, vus: start }]
  let from = start
  let begin = 0
  for (const { duration, target } of stages) {
    const change = Math.abs(target - from)
    const direction = Math.sign(target - from)
    if (duration === 0 && change > 0) list.push({ at: begin, vus: target })
    else {
      for (let i = 1; i <= change; i++) {
        list.push({ at: begin + (duration * i) / change, vus: from + direction * i })
      }
    }
    begin += duration
    from = target
  }
  return list
}

/** VUs that come and go. One that has to go finishes its iteration within `gracefulRampDown`. */
export async function rampingVus({
  acquire,
  iterate,
  over,
  release,
  scenario,
  short,
  until,
}: Field) {
  let wanted = 0
  /** What runs at each place, the first to come and the last to go first. */
  const places = Array.from({ length: scenario.vus }, () => ({
    loop: undefined as Promise<void> | undefined,
    vu: undefined as Vu | undefined,
    cut: undefined as NodeJS.Timeout | undefined,
  }))

  async function run(index: number) {
    const place = places[index] as (typeof places)[0]
    place.vu = acquire()
    if (place.vu === undefined) return short()
    while (index < wanted && !over()) await iterate(place.vu)
    clearTimeout(place.cut)
    release(place.vu)
    place.vu = undefined
    place.loop = undefined
  }

  for (const { at, vus } of steps(scenario.start, scenario.stages)) {
    await until(at)
    if (over()) break
    wanted = vus
    places.forEach((place, index) => {
      if (index < wanted) {
        clearTimeout(place.cut)
        place.cut = undefined
        place.loop ??= run(index)
      } else if (place.vu !== undefined && place.cut === undefined) {
        place.cut = setTimeout(() => place.vu?.interrupt(), scenario.gracefulRampDown)
      }
    })
  }
  await until(scenario.duration)
  await Promise.all(places.map((place) => place.loop))
}
