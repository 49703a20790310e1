import { world } from './execution.ts'

/** Sleeping moves the virtual clock. */
export function sleep(seconds: number) {
  world.time += seconds * 1000
}
