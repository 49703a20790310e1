import { type Bench, type Line, notMeasured, show } from './lines.ts'
import { runK6, startServer } from './processes.ts'
import { median, medianRatio } from './stats.ts'

/** Of each round, in ms. */
type Times = Record<'parse' | 'read' | 'unread', number[]>

export async function run({ quick, stock, say }: Bench): Promise<Line[]> {
  const what = 'buffered stream: parse + interpret'
  if (!stock) return [notMeasured(what, 'k6-2.2')]
  const tokens = 500
  const rounds = quick ? 60 : 300
  const server = await startServer('bench/server.ts')
  let lines: string[]
  try {
    const env = { URL: server.url, TOKENS: tokens, ROUNDS: rounds }
    lines = (await runK6(stock, 'buffered.js', { vus: 1, iterations: 1, env })).lines
  } finally {
    await server.stop()
  }
  const text = lines.find((line) => line.startsWith('bench-result '))
  if (!text) throw new Error(`buffered.js printed no result:\n${lines.join('\n')}`)
  const { parse, read, unread }: Times = JSON.parse(text.slice('bench-result '.length))
  say(`${rounds} rounds of ${tokens} tokens`)
  return Object.entries({ 'text read': read, 'text not read': unread }).map(([name, times]) => {
    const ratio = medianRatio(times, parse)
    return {
      what: `${what}, ${name} (${stock.name})`,
      figure: show((median(times) * 1000) / tokens, 'µs a token'),
      floor: `JSON.parse of its chunks ${show((median(parse) * 1000) / tokens, 'µs')}`,
      ratio,
      budget: '≤ 0.75 ×',
      met: ratio <= 0.75,
      values: { times, parse },
    }
  })
}
