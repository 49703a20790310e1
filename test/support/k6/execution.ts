// Stand-in for k6/execution on a virtual clock: time passes only when a test says so.

/** State that tests set; `reset()` puts it back. */
export const world = {
  time: 0,
  /** Added at each reading, as reading a real clock takes time. */
  tick: 0.0005,
  init: false,
  vu: 1,
  aborted: undefined as string | undefined,
  /** Options of the scenario that runs. */
  scenario: { executor: 'constant-vus', vus: 1 } as Record<string, unknown>,
  /** What the VU is at. */
  iteration: { inTest: 0, inScenario: 0, inInstance: 0 },
  /** Start of the scenario by the wall clock, ms. */
  scenarioStart: 0,
  reset() {
    world.scenarioStart = 0
    world.time = 0
    world.tick = 0.0005
    world.init = false
    world.vu = 1
    world.aborted = undefined
    world.scenario = { executor: 'constant-vus', vus: 1 }
    world.iteration = { inTest: 0, inScenario: 0, inInstance: 0 }
  },
}

/** What `exec.test.abort` does to a script: nothing after it runs. */
export class Aborted extends Error {}

const instance = {
  get currentTestRunDuration() {
    world.time += world.tick
    return world.time
  },
}

/** As k6's: one that is kept stays live. */
const scenario = {
  name: 'default',
  get iterationInTest() {
    return world.iteration.inTest
  },
  get startTime() {
    notAtInit()
    return world.scenarioStart
  },
}

function notAtInit() {
  if (world.init)
    throw new Error('getting instance information in the init context is not supported')
}

export default {
  get instance() {
    notAtInit()
    return instance
  },
  get scenario() {
    notAtInit()
    return scenario
  },
  get vu() {
    notAtInit()
    return {
      idInTest: world.vu,
      iterationInScenario: world.iteration.inScenario,
      iterationInInstance: world.iteration.inInstance,
    }
  },
  test: {
    get options() {
      return { scenarios: { default: world.scenario } }
    },
    abort(message: string): never {
      world.aborted = message
      throw new Aborted(message)
    },
  },
}
