import type { IncomingMessage, ServerResponse } from 'node:http'
import { detail } from '../exchange/errors.ts'
import type { RequestUrl } from '../exchange/exchange.ts'
import type { Services } from '../exchange/services.ts'
import { summarize } from '../record/record.ts'
import { inner } from '../request/request.ts'
import { capacityOf } from '../timing/capacity.ts'
import { changeOptions, OptionError } from './configure.ts'

/**
 * Answers /__sim/…: what was sent and when, and the settings while the simulator runs. Needs no
 * credentials and is not recorded.
 *
 * @param text body
 */
export function handleControl(
  req: IncomingMessage,
  res: ServerResponse,
  url: RequestUrl,
  text: string,
  services: Services,
) {
  const answer = chooseAnswer(req.method ?? '', url, text, services)
  const body = JSON.stringify(answer.body)
  res.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  res.end(body)
}

interface ControlAnswer {
  status: number
  body: unknown
}

function chooseAnswer(
  method: string,
  url: RequestUrl,
  text: string,
  services: Services,
): ControlAnswer {
  const { record } = services
  switch (`${method} ${url.pathname}`) {
    case 'GET /__sim/requests': {
      const wrong = checkQuery(url.searchParams)
      if (wrong) return { status: 400, body: detail(wrong) }
      const entries = record.select(url.searchParams)
      const { dropped } = record
      if (url.searchParams.get('summary') === '1') return ok({ ...summarize(entries), dropped })
      return ok({ requests: entries, dropped })
    }
    case 'DELETE /__sim/requests':
      record.clear()
      return ok({ cleared: true })
    case 'GET /__sim/capacity':
      return describeCapacity(url.searchParams, services)
    case 'GET /__sim/config':
      return ok(describeConfig(services))
    case 'POST /__sim/config':
      return change(text, services)
    case 'POST /__sim/models/reset':
      services.models.reset()
      services.state?.reset()
      return ok({ current_profile: services.models.state.current })
    default:
      return { status: 404, body: detail(`${method} ${url.pathname}: no such control; ${KNOWN}`) }
  }
}

const KNOWN =
  'expected GET or DELETE /__sim/requests, GET or POST /__sim/config, GET /__sim/capacity, ' +
  'POST /__sim/models/reset'

/**
 * What the batch can do with requests of one size: a formula, not a measurement.
 *
 * @param query `input` and `output` tokens, limits `ttft` and `tpot` in ms
 */
function describeCapacity(query: URLSearchParams, { options }: Services) {
  if (options.maxNumSeqs === 0) {
    const message = 'capacity: there is no limit without --max-num-seqs'
    return { status: 400, body: detail(message) }
  }
  const numbers: Record<string, number> = {}
  for (const [name, value] of query) {
    const known = ['input', 'output', 'ttft', 'tpot'].includes(name)
    if (!known || !(Number(value) > 0)) {
      const message = `${name}=${value}: expected input, output, ttft, tpot, each above 0`
      return { status: 400, body: detail(message) }
    }
    numbers[name] = Number(value)
  }
  const asked = { input: 1, output: options.tokens, ...numbers }
  return ok({ ...asked, ...capacityOf(options, asked) })
}

function checkQuery(query: URLSearchParams) {
  for (const name of ['since', 'limit']) {
    const value = query.get(name)
    if (value !== null && !/^\d+$/.test(value)) {
      return `${name} ${value}: expected a whole number of 0 or more, like ${name}=10`
    }
  }
  return undefined
}

function change(text: string, services: Services) {
  try {
    const changes: unknown = JSON.parse(text)
    services.setOptions(changeOptions(services.options, changes))
    // A seed that is set starts its sequence anew, so that a second run repeats the first.
    if (Object.hasOwn(inner(changes), 'seed')) services.restartAnswers()
    return ok(describeConfig(services))
  } catch (error) {
    if (error instanceof OptionError) return { status: 400, body: detail(error.message) }
    if (error instanceof SyntaxError) {
      const message = `config: expected JSON, like {"ttft": 300} (${error.message})`
      return { status: 400, body: detail(message) }
    }
    throw error
  }
}

/** The options, without the secrets. */
function describeConfig({ options }: Services) {
  const { apiKey, user, ...rest } = options
  const bandwidth = rest.bandwidth === Infinity ? 'none' : rest.bandwidth // JSON has no Infinity
  return { ...rest, bandwidth, apiKey: apiKey && 'present', user: user.slice(0, user.indexOf(':')) }
}

function ok(body: unknown) {
  return { status: 200, body }
}
