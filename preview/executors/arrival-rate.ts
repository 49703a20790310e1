import type { Scenario } from '../scenarios.ts'
import type { Vu } from '../vus.ts'
import type { Field } from './field.ts'

/** When the iterations start, in ms: the n-th where the area under the rate reaches n. */
export function* arrivals({
  duration,
  executor,
  rate,
  stages,
  start,
  timeUnit,
}: Scenario): Generator<number, void> {
  if (executor === 'constant-arrival-rate') {
    for (let i = 0; ; i++) {
      const at = (i * timeUnit) / rate
      if (at > duration) return // one that falls on the end starts, as in k6
      yield at
    }
  }
  let from = start / timeUnit
  let begin = 0
  let done = 0 // the area before this stage
  let next = 1
  for (const stage of stages) {
    const to = stage.target / timeUnit
    const area = ((from + to) / 2) * stage.duration
    while (stage.duration > 0 && next <= done + area + 1e-9) {
      yield begin + timeOf(next - done, from, to, stage.duration)
      next++
    }
    done += area
    begin += stage.duration
    from = to
  }
}

/**
 * Where a ramp's area reaches a value: from·t + (to − from)·t² / 2d = area.
 *
 * @param from per ms
 * @param to per ms
 */
function timeOf(area: number, from: number, to: number, duration: number) {
  const bend = (to - from) / duration
  if (Math.abs(bend) < 1e-15) return area / from
  const root = Math.sqrt(Math.max(0, from * from + 2 * bend * area))
  return Math.min(duration, (root - from) / bend)
}

/**
 * Iterations start at their times, whatever earlier ones take. Where no VU is free, one is
 * dropped and, up to `maxVUs`, one more VU is made.
 */
export async function arrivalRate(field: Field) {
  const { acquire, drop, iterate, release, scenario, short, stopped, unplanned, until } = field
  if (scenario.shares) return sharing(field)
  const idle: Vu[] = []
  const running = new Set<Promise<void>>()
  let total = scenario.vus
  let making: Promise<unknown> = Promise.resolve()
  for (let i = 0; i < scenario.vus; i++) {
    const vu = acquire()
    if (vu === undefined) return short()
    idle.push(vu)
  }

  for (const at of arrivals(scenario)) {
    await until(at)
    if (stopped()) break
    const vu = idle.shift()
    if (vu !== undefined) {
      const run = iterate(vu).then(() => {
        idle.push(vu)
        running.delete(run)
      })
      running.add(run)
      continue
    }
    drop(total)
    if (total < scenario.maxVUs) {
      total++
      making = making.then(unplanned).then((made) => idle.push(made))
    }
  }
  await until(scenario.duration)
  await making
  await Promise.all(running)
  for (const vu of idle) release(vu)
}

/**
 * The same where the preview has fewer VUs than k6 would have: none is kept idle, and the first
 * that k6 would have and the preview has not ends the test.
 */
async function sharing({
  acquire,
  drop,
  iterate,
  release,
  scenario,
  short,
  stopped,
  until,
}: Field) {
  const running = new Set<Promise<void>>()
  let total = scenario.vus
  for (const at of arrivals(scenario)) {
    await until(at)
    if (stopped()) break
    if (running.size >= total) {
      drop(total)
      if (total < scenario.maxVUs) total++
      continue
    }
    const vu = acquire()
    if (vu === undefined) {
      short()
      break
    }
    const run = iterate(vu).then(() => {
      release(vu)
      running.delete(run)
    })
    running.add(run)
  }
  await until(scenario.duration)
  await Promise.all(running)
}
