/** @import { Manners } from './wire.js' */
/** Error bodies that several servers share; a server's own are with its flavor. */

/**
 * FastAPI's HTTPException.
 * @param {string} message
 */
export function detail(message) {
  return { detail: message }
}

/**
 * FastAPI's list for a body that does not fit the endpoint.
 * @param {{ type: string, loc: (string | number)[], msg: string, input?: unknown }[]} problems
 */
export function invalidBody(problems) {
  return { detail: problems }
}

/**
 * @param {string} field
 * @param {unknown} input
 */
export function missingField(field, input) {
  return { type: 'missing', loc: ['body', field], msg: 'Field required', input }
}

/**
 * @param {string} reason
 */
export function brokenJson(reason) {
  const problem = { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }
  return invalidBody([{ ...problem, ...{ ctx: { error: reason } } }])
}

/**
 * What FastAPI answers on paths and methods that are not there.
 * @type {Pick<Manners, 'notFound' | 'notAllowed'>}
 */
export const fastapiPaths = {
  notFound: () => ({ status: 404, body: detail('Not Found') }),
  notAllowed: () => ({ status: 405, body: detail('Method Not Allowed') }),
}

/**
 * nginx's own page, what a client behind a proxy gets instead of JSON.
 * @param {string} title for example `502 Bad Gateway`
 */
export function nginxPage(title) {
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n')
}
