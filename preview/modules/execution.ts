// k6/execution

import { GoError } from '../errors.ts'
import { parkForever } from '../vu/call.ts'
import { board, flush } from '../vu/samples.ts'
import { data, options, state, tell } from '../vu/state.ts'

/** An object whose fields are read anew each time, as k6's are. */
function live(fields: Record<string, () => unknown>) {
  const object = {}
  for (const [name, get] of Object.entries(fields)) {
    Object.defineProperty(object, name, { enumerable: true, get })
  }
  return object
}

const instance = live({
  currentTestRunDuration: () => board.elapsed(),
  iterationsCompleted: () => board.get('iterationsCompleted'),
  iterationsInterrupted: () => board.get('iterationsInterrupted'),
  vusActive: () => board.get('vusActive'),
  vusInitialized: () => board.get('vusInitialized'),
})

function running() {
  if (state.iteration === null) {
    throw new GoError('getting scenario information outside of the VU context is not supported')
  }
  return state.iteration
}

const scenario = live({
  name: () => running().scenario,
  executor: () => running().executor,
  startTime: () => running().startTime,
  progress() {
    const { duration, index, startTime, total } = running()
    if (total > 0) return Math.min(1, board.completed(index) / total)
    return Math.min(1, (Date.now() - startTime) / duration)
  },
  iterationInInstance: () => running().inTest,
  iterationInTest: () => running().inTest,
})

/** Tags as the script sees and sets them. */
const tags = new Proxy(
  {},
  {
    get: (_, name) => state.tags[String(name)],
    has: (_, name) => String(name) in state.tags,
    ownKeys: () => Object.keys(state.tags),
    getOwnPropertyDescriptor: (_, name) =>
      String(name) in state.tags
        ? { value: state.tags[String(name)], enumerable: true, configurable: true, writable: true }
        : undefined,
    set(_, name, value) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        throw new GoError(
          `invalid value for metric tag '${String(name)}': only String, Boolean and Number types are accepted as a metric tag values`,
        )
      }
      state.tags[String(name)] = String(value)
      return true
    },
    deleteProperty(_, name) {
      delete state.tags[String(name)]
      return true
    },
  },
)

const metrics = live({ tags: () => tags, metadata: () => state.metadata })

const vu = live({
  idInInstance: () => data.id,
  idInTest: () => data.id,
  iterationInInstance: () => state.iteration?.inVu ?? 0,
  iterationInScenario: () => state.iteration?.inScenario ?? 0,
  tags: () => tags,
  metrics: () => metrics,
})

const test = {
  get options() {
    if (state.init) {
      throw new GoError('getting test options in the init context is not supported')
    }
    return options()
  },

  /** Ends the whole test (exit code 108). No `catch` of the script can stop it. */
  abort(reason?: string) {
    const text = reason === undefined || reason === '' ? 'test aborted' : `test aborted: ${reason}`
    flush()
    tell({ kind: 'abort', text })
    parkForever()
  },

  /** Marks the test as failed; it goes on (exit code 110). */
  fail(reason?: string) {
    if (state.init) throw new GoError('marking test as failed in the init context is not supported')
    tell({ kind: 'fail', text: reason ?? '' })
  },
}

const exec = {
  get instance() {
    if (state.init || data.role === 'teardown' || data.role === 'summary') {
      throw new GoError('getting instance information in the init context is not supported')
    }
    return instance
  },
  get scenario() {
    running()
    return scenario
  },
  get vu() {
    if (state.init) {
      throw new GoError('getting VU information in the init context is not supported')
    }
    return vu
  },
  get test() {
    return test
  },
}

export default exec

// Named imports are live objects too; what they may not tell in init throws at the first use.
const later = (name: 'instance' | 'scenario' | 'vu') =>
  new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(exec[name], key),
      has: (_, key) => key in exec[name],
      ownKeys: () => Reflect.ownKeys(exec[name]),
      getOwnPropertyDescriptor: (_, key) => ({
        value: Reflect.get(exec[name], key),
        enumerable: true,
        configurable: true,
      }),
    },
  )
const namedInstance = later('instance')
const namedScenario = later('scenario')
const namedVu = later('vu')

export { namedInstance as instance, namedScenario as scenario, namedVu as vu, test }
