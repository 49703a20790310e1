import type { Manners } from '../../exchange/wire.ts'
import { BadRequest, type Fields } from '../../request/request.ts'

type Kind = { type: string; code: string | null }

/** The code is a name or null, never a number. */
const KINDS: Record<number, Kind> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'invalid_request_error', code: 'unsupported_country_region_territory' },
  404: { type: 'invalid_request_error', code: 'model_not_found' },
  422: { type: 'invalid_request_error', code: null },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
  500: { type: 'server_error', code: null },
  503: { type: 'server_error', code: null },
}

export const SERVER_ERROR = 'The server had an error while processing your request.'

function body(message: string, { type, code }: Kind, param: string | null = null) {
  return { error: { message, type, param, code } }
}

const plain = { type: 'invalid_request_error', code: null }

export const error: Manners['error'] = (status, message, param) =>
  body(message, KINDS[status] ?? { type: 'server_error', code: null }, param)

export const openaiManners: Manners = {
  credentials: 'bearer',
  error,
  unauthorized: (verdict) => ({
    status: 401,
    body:
      verdict === 'missing'
        ? body("You didn't provide an API key.", plain)
        : error(401, 'Incorrect API key provided.'),
  }),
  badJson: () => ({
    status: 400,
    body: body('We could not parse the JSON body of your request.', plain),
  }),
  badRequest({ message, param, fault }) {
    if (fault !== 'missing') return { status: 400, body: body(message, plain, param) }
    const kind = { type: 'invalid_request_error', code: 'missing_required_parameter' }
    return { status: 400, body: body(`Missing required parameter: '${param}'.`, kind, param) }
  },
  unknownModel: (model) => ({
    status: 404,
    body: error(404, `The model \`${model}\` does not exist or you do not have access to it.`),
  }),
  notFound: (method, path) => ({
    status: 404,
    body: body(`Invalid URL (${method} ${path})`, plain),
  }),
  notAllowed: (method, path) => ({
    status: 405,
    body: body(`Not allowed to ${method} on ${path}.`, plain),
  }),
  failed: { status: 500, body: error(500, SERVER_ERROR) },
  overloaded: { status: 503, body: error(503, 'The engine is currently overloaded.') },
  limitHeaders: (seconds) => ({
    'retry-after-ms': String(seconds * 1000),
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${seconds}s`,
  }),
}

/** What other servers know and OpenAI refuses as unknown. */
const FOREIGN = [
  'ignore_eos',
  'min_tokens',
  'stop_token_ids',
  'top_k',
  'repetition_penalty',
  'cache_salt',
  'cache_prompt',
  'chat_template_kwargs',
  'num_predict',
  'options',
]

export function refuseForeign(fields: Fields) {
  const foreign = FOREIGN.find((name) => fields[name] !== undefined)
  if (foreign) throw new BadRequest(`Unrecognized request argument supplied: ${foreign}`)
  if (fields.model === undefined) throw new BadRequest('you must provide a model parameter')
}
