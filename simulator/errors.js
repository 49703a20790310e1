/** Error bodies, one function for each shape that the real servers send. */

/** @type {Record<number, string>} */
const TYPES = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  500: 'InternalServerError',
  503: 'ServiceUnavailableError',
}

/**
 * The error object inside vLLM's bodies and stream events; `code` is a number.
 * @param {number} status
 * @param {string} message
 * @param {string | null} [param]
 */
export function vllmErrorFields(status, message, param = null) {
  return { message, type: TYPES[status] ?? 'InternalServerError', param, code: status }
}

/**
 * vLLM since 0.11.
 * @param {number} status
 * @param {string} message
 * @param {string | null} [param]
 */
export function vllmError(status, message, param = null) {
  return { error: vllmErrorFields(status, message, param) }
}

/**
 * vLLM up to 0.10, flat. The guide's gateway stands in front of 0.5 and passes it on.
 * @param {number} status
 * @param {string} message
 * @param {string | null} [param]
 */
export function flatVllmError(status, message, param = null) {
  return { object: 'error', ...vllmErrorFields(status, message, param) }
}

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
