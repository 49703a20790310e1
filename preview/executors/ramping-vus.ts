import type { Stage } from '../scenarios.ts'
import type { Vu } from '../vus.ts'
import type { Field } from './field.ts'

interface Step {
  /** ms since the scenario's start */
  at: number
  vus: number
}

/** When the number of VUs changes, and to what: one step at a time, evenly over each stage. */
export function steps(start: number, stages: Stage[]): Step[] {
  const list: Step[] = [{ at: 0, vus: start }]
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

/** What runs at one place. */
interface Place {
  loop?: Promise<void>
  vu?: Vu
  /** ends what does not end by itself */
  cut?: NodeJS.Timeout
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
  /** The first comes first and goes last. */
  const places = Array.from({ length: scenario.vus }, (): Place => ({}))

  async function run(place: Place, index: number) {
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
        place.loop ??= run(place, index)
      } else if (place.vu !== undefined && place.cut === undefined) {
        place.cut = setTimeout(() => place.vu?.interrupt(), scenario.gracefulRampDown)
      }
    })
  }
  await until(scenario.duration)
  await Promise.all(places.map((place) => place.loop))
}
