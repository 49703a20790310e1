// Error bodies that several servers share; a server's own are with its flavor.

/** An answer that is no completion. */
export interface Refusal {
  status: number
  /** JSON, or a text when `type` says what it is */
  body: unknown
  /** content type */
  type?: string
  headers?: Record<string, string>
}

/** One thing that FastAPI has against a body. */
interface Problem {
  type: string
  loc: (string | number)[]
  msg: string
  input?: unknown
  ctx?: unknown
}

/** FastAPI's HTTPException. */
export function detail(message: string) {
  return { detail: message }
}

/** FastAPI's list for a body that does not fit the endpoint. */
export function invalidBody(problems: Problem[]) {
  return { detail: problems }
}

export function missingField(field: string, input: unknown): Problem {
  return { type: 'missing', loc: ['body', field], msg: 'Field required', input }
}

export function brokenJson(reason: string) {
  const problem = { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }
  return invalidBody([{ ...problem, ctx: { error: reason } }])
}

/** What FastAPI answers on paths and methods that are not there. */
export const fastapiPaths = {
  notFound: (): Refusal => ({ status: 404, body: detail('Not Found') }),
  notAllowed: (): Refusal => ({ status: 405, body: detail('Method Not Allowed') }),
}

/**
 * nginx's own page, what a client behind a proxy gets instead of JSON.
 *
 * @param title for example `502 Bad Gateway`
 */
export function nginxPage(title: string) {
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
