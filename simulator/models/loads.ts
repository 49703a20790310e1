import type { IncomingHttpHeaders } from 'node:http'
import { isSwitchFault, type SwitchFault } from '../options/names.ts'
import type { SimulatorOptions } from '../options/options.ts'

/** A slow load takes so many times the load time. */
export const SLOW_FACTOR = 5

/** What of a request may ask for a fault. */
interface Asking {
  req: { headers: IncomingHttpHeaders }
  options: SimulatorOptions
}

/** The fault of a load or a switch: by the header x-sim-switch, else by the options. */
export function loadFault({ req, options }: Asking, model: string): SwitchFault {
  const header = req.headers['x-sim-switch']?.toString()
  if (header === undefined) return faultByOptions(model, options)
  return isSwitchFault(header) ? header : 'none'
}

export function faultByOptions(
  model: string,
  { switchFault, switchFaultFor }: SimulatorOptions,
): SwitchFault {
  for (const [fault, models] of Object.entries(switchFaultFor)) {
    if (isSwitchFault(fault) && models.includes(model)) return fault
  }
  return switchFault
}

/** The model that a body in JSON names in one of its fields, or undefined. */
export function modelIn({ text }: { text: string }, field: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)?.[field]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
