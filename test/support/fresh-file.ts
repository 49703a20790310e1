// Files of unit tests share two threads: one for each took 49 s in all, of which 13 s were tests, and
// sharing takes 16. What a file could leave behind is put back before the next: the modules and what
// they remember, the globals of a script, and what the copies of the library share in a VU.
import { vi } from 'vitest'

vi.unstubAllGlobals()
vi.useRealTimers()
vi.restoreAllMocks()
vi.resetModules()
for (const name of ['__ENV', '__VU', 'k6-llm/transport@1']) Reflect.deleteProperty(globalThis, name)
