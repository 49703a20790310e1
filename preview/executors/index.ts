import { arrivalRate } from './arrival-rate.ts'
import { constantVus } from './constant-vus.ts'
import type { Field } from './field.ts'
import { iterations } from './iterations.ts'
import { rampingVus } from './ramping-vus.ts'

export const EXECUTORS: Record<string, (field: Field) => Promise<void>> = {
  'constant-vus': constantVus,
  'ramping-vus': rampingVus,
  'shared-iterations': iterations,
  'per-vu-iterations': iterations,
  'constant-arrival-rate': arrivalRate,
  'ramping-arrival-rate': arrivalRate,
}
