// Servers of a few lines each, for the backends: their answers are the ones of facts/wire.md 3.2.
import { completion } from '../../support/answers.ts'
import { type FakeRequest, type FakeResponse, respond } from '../../support/k6/http.ts'

type Answer = FakeResponse | ((request: FakeRequest, json: Record<string, unknown>) => FakeResponse)

/** Sets a server from a table of `METHOD /path`; what is not in it is a 404. */
export function serve(table: Record<string, Answer>, address = 'http://sim') {
  respond((request) => {
    const path = request.url.startsWith(address) ? request.url.slice(address.length) : request.url
    const answer = table[`${request.method} ${path}`]
    if (answer === undefined) return { status: 404, body: '{"detail":"Not Found"}' }
    const json = request.body ? JSON.parse(request.body) : {}
    const response = typeof answer === 'function' ? answer(request, json) : answer
    return { timings: { waiting: 1 }, ...response }
  })
}

export const json = (value: unknown, waiting = 1): FakeResponse => ({
  body: JSON.stringify(value),
  timings: { waiting },
})

export const text = (body: string, waiting = 1): FakeResponse => ({ body, timings: { waiting } })

export const error = (status: number, value: unknown): FakeResponse => ({
  status,
  body: typeof value === 'string' ? value : JSON.stringify(value),
})

/** One token of a model, after 40 ms. */
export const answerOf = (model: string, waiting = 40): FakeResponse => ({
  body: completion('Hi', 1, model),
  timings: { waiting },
})
