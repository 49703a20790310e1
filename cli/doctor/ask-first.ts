import { APIS } from '#node'
import { askServer, type Examination, type Question } from './examine.ts'

/** Of each request, and of all together, ms: a run must not wait for a server that hangs. */
const REQUEST_LIMIT = 10_000
const LIMIT = 15_000
/** Enough to see that an answer comes. */
const TOKENS = 8

/** What is known of a script: whether it imports k6-llm, and which variables of addresses it names. */
export interface AskedFor {
  importsLibrary: boolean
  addressVariables: readonly string[]
}

/** Whom to ask, as the script will: by its variables. */
export type FirstQuestion = Pick<Question, 'url' | 'api' | 'model' | 'token' | 'user' | 'password'>

/**
 * What to ask before a run; `undefined` where the server of the script is not known: no variable
 * names it, or not as this can ask (a query, a password).
 *
 * @param given variables that were given to it, before those of this process
 */
export function questionOf(
  script: AskedFor,
  given: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): FirstQuestion | undefined {
  const value = (name: string) => (given[name] ?? environment[name])?.trim() || undefined
  const reads = (name: string) => script.importsLibrary || script.addressVariables.includes(name)
  const name = ['API_BASE_URL', 'BASE_URL'].find((one) => reads(one) && value(one) !== undefined)
  const text = name === undefined ? undefined : value(name)
  if (text === undefined || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname, search, username } = new URL(text)
  if (search !== '' || username !== '') return undefined
  // What the library takes off an address.
  const path = pathname.replace(/\/+$/, '').replace(/\/(v1(\/.*)?|api\/chat|api\/generate)$/, '')
  const api = APIS.find((one) => one === value('API'))
  const model = value('MODEL')
  return {
    url: origin + path,
    ...(api && { api }),
    ...(model !== undefined && model !== 'current' && { model }),
    token: value('API_TOKEN'),
    user: value('TEST_EMAIL'),
    password: value('TEST_PASSWORD'),
  }
}

/** Asks doctor's short question, and tells in one line what was heard. Takes 15 s at most. */
export async function askFirst(question: FirstQuestion): Promise<string> {
  const heard: Examination = {
    schema: 'k6-llm/doctor@1',
    url: question.url,
    k6: null,
    server: { models: [] },
    streams: [],
    findings: [],
    requests: 0,
    ok: true,
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), LIMIT)
  })
  const asked = askServer(
    { ...question, requests: 1, tokens: TOKENS, timeout: REQUEST_LIMIT },
    heard,
  )
  const ended = await Promise.race([asked, late])
  clearTimeout(timer)
  if (ended === 'late') {
    return `asked ${question.url} first: no answer within ${LIMIT / 1000} s; the run goes on`
  }
  return lineOf(heard)
}

/** What a finding of `fail` says, else who answered and how soon. */
export function lineOf({ url, server, streams, findings }: Examination): string {
  const failed = findings.find(({ level }) => level === 'fail')
  const start = `asked ${url} first: `
  if (failed) {
    const todo = failed.todo === undefined ? '' : `; do: ${failed.todo}`
    return `${start}${failed.found}${todo}`
  }
  const first = streams[0]?.firstToken
  const soon =
    first === undefined || first === null ? '' : `, first token after ${Math.round(first)} ms`
  return `${start}${server.name ?? 'a server'} answers as ${server.api}${soon}`
}
