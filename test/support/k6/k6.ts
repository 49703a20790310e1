import { world } from './execution.ts'

/** How late the next sleeps wake, in ms: each takes one, then they are punctual. */
export const lateness: number[] = []

/** Sleeping moves the virtual clock. */
export function sleep(seconds: number) {
  world.time += seconds * 1000 + (lateness.shift() ?? 0)
}
