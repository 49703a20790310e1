/** @import { Wire } from './wire.js' */

/**
 * Only the models that are served; the first when none is named.
 * @type {Wire['resolve']}
 */
export function strict(asked, { options }) {
  return asked === undefined ? options.models[0] : options.models.find((name) => name === asked)
}

/**
 * One model, whatever name was asked for: the answer has the server's own.
 * @type {Wire['resolve']}
 */
export function ownName(_, { options }) {
  return options.models[0]
}

/**
 * One model, which answers to every name.
 * @type {Wire['resolve']}
 */
export function askedName(asked, { options }) {
  return asked ?? options.models[0]
}
