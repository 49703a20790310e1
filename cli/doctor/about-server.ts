import type { Discovered } from '#node'
import type { Finding } from './finding.ts'
import { type Exchange, told } from './request.ts'

export function noModelServer(url: string, { asked, base }: Discovered<Exchange>): Finding {
  const seen = asked.map((one) => `${new URL(one.url).pathname} ${one.status ?? one.error?.code}`)
  const page = /<title>([^<]*)/i.exec(asked[0].body)?.[1]?.trim()
  return {
    check: 'server',
    level: 'fail',
    found:
      `no language model was recognised at ${url} (${seen.join(', ')})` +
      `${page ? `; it is a page: "${page}"` : ''}`,
    means: 'a test of it would fail, or measure something else',
    todo: base
      ? `the address is the part before the path: ${base}`
      : 'check the port; name the wire by --api where the server has no list of models',
  }
}

/**
 * @param asked by the user
 * @param used in the end
 */
export function aboutModels(
  { models, asked: [listed], current }: Discovered<Exchange>,
  asked: string | undefined,
  used: string | undefined,
): Finding {
  if (models.length === 0) {
    const { status = 200 } = listed
    const why = status < 300 ? '' : ` (HTTP ${status}: ${told(listed)})`
    return {
      check: 'models',
      level: asked ? 'note' : 'warn',
      found: `it lists no models${why}`,
      ...(asked ? {} : { todo: 'name one: --model NAME, and MODEL in the tests' }),
    }
  }
  const list = models.length > 4 ? `${models.slice(0, 4).join(', ')} …` : models.join(', ')
  if (asked !== undefined && asked !== current && !models.includes(asked)) {
    return {
      check: 'models',
      level: 'warn',
      found: `${asked} is not among its models: ${list}`,
      means: 'requests for it may be refused (404), or answered by another model',
      todo: 'name one of them: --model NAME',
    }
  }
  const rest = used === undefined ? '' : `; asked was ${used}`
  return {
    check: 'models',
    level: 'ok',
    found: `${models.length} ${models.length === 1 ? 'model' : 'models'}: ${list}${rest}`,
  }
}
