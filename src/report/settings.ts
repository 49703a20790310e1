import { env, withoutSecrets } from '../core/env.ts'

/** Variables that tell what a run was, and are no secret. */
const SHOWN = [
  'API_BASE_URL',
  'BASE_URL',
  'API',
  'MODEL',
  'MODELS',
  'BACKEND',
  'TEST_DURATION',
  'MAX_VUS',
  'SEED',
  'START_SPREAD',
  'ORDER',
  'MODEL_SWITCH_TIMEOUT',
]

/**
 * The settings of a run as its reports show them. Only the variables of the list: a token or a
 * password is none of them, and what an address carries of such (`user:password@`, a query) is
 * left out.
 */
export function settings(): { name: string; value: string }[] {
  const shown: { name: string; value: string }[] = []
  for (const name of SHOWN) {
    const value = env.string(name)
    if (value === undefined) continue
    shown.push({
      name,
      value: /_URL$/.test(name) ? withoutSecrets(value).replace(/[?#].*$/, '') : value,
    })
  }
  return shown
}
