import { watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { PROGRAMS } from './parts.ts'
import { root } from './root.ts'

/** An editor writes a file in several steps. */
const QUIET_MS = 100

/** Calls after each change of a source, one call at a time. Does not end. */
export async function whenSourcesChange(changed: () => Promise<void>): Promise<never> {
  let dirty = false
  let wake = () => {}
  for (const folder of ['src', ...PROGRAMS]) {
    watch(join(root, folder), { recursive: true }, () => {
      dirty = true
      wake()
    })
  }
  for (;;) {
    if (!dirty) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await wait(QUIET_MS)
    dirty = false
    await changed()
  }
}
