import { beforeAll, expect, test } from 'vitest'
import { interpretStream } from '../../src/stream/interpret.ts'
import { parseEventStream } from '../../src/stream/sse.ts'
import { onEachK6 } from '../support/each-k6.ts'
import { fixtures, rowFixtures } from '../support/fixtures.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'

const all = [
  ...fixtures(/./).map(({ name, api, text }) => ({ file: `${name}.sse`, api, text })),
  ...rowFixtures().map(({ name, api, text }) => ({ file: `${name}.ndjson`, api, text })),
]

/** As JSON writes it: what is `undefined` is gone. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

onEachK6('the streams of real servers', (k6) => {
  const made = new Map<string, { parsed: unknown; outcome: unknown }>()

  beforeAll(async () => {
    const run = await runK6(k6, 'test/k6/scripts/fixtures.js', {
      env: { FIXTURES: JSON.stringify(all.map(({ file, api }) => ({ file, api }))) },
      args: ['--log-format', 'raw'],
    })
    expect(run.code, run.output).toBe(EXIT.ok)
    for (const line of run.output.split('\n')) {
      if (!line.startsWith('MADE ')) continue
      const { file, ...rest } = JSON.parse(line.slice(5))
      made.set(file, rest)
    }
  })

  test('were all read', () => expect(made.size).toBe(all.length))

  // The unit tests hold Node's reading against the fixtures' own expectations.
  test.each(all)('$file reads as it does in Node', ({ file, api, text }) => {
    expect(made.get(file)?.parsed).toEqual(plain(parseEventStream(text)))
    expect(made.get(file)?.outcome).toEqual(plain(interpretStream(text, { api })))
  })
})
