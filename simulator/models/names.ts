import type { SimulatorOptions } from '../options/options.ts'

/** What a resolver looks at. */
interface Served {
  options: SimulatorOptions
}

/** Only the models that are served; the first when none is named. */
export function strict(asked: string | undefined, { options }: Served) {
  return asked === undefined ? options.models[0] : options.models.find((name) => name === asked)
}

/** One model, whatever name was asked for: the answer has the server's own. */
export function ownName(_: string | undefined, { options }: Served) {
  return options.models[0]
}

/** One model, which answers to every name. */
export function askedName(asked: string | undefined, { options }: Served) {
  return asked ?? options.models[0]
}
