// Scenarios as they are made here, exactly enough for the `Options` of @types/k6. Aliases: an
// interface would not be a `Scenario`, which takes any other key too.

type Common = {
  exec?: string
  startTime?: string
  gracefulStop?: string
  env?: { [name: string]: string }
  tags?: { [name: string]: string }
}

export type SharedIterations = Common & {
  executor: 'shared-iterations'
  vus?: number
  iterations?: number
  maxDuration?: string
}

export type PerVuIterations = Common & {
  executor: 'per-vu-iterations'
  vus?: number
  iterations?: number
  maxDuration?: string
}

export type ConstantVus = Common & { executor: 'constant-vus'; vus?: number; duration: string }

export type ConstantArrivalRate = Common & {
  executor: 'constant-arrival-rate'
  duration: string
  rate: number
  timeUnit?: string
  preAllocatedVUs: number
  maxVUs?: number
}
