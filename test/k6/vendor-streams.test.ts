import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../cli/find-k6.ts'
import { isStock, onEachK6, variant } from '../support/each-k6.ts'
import { type RelayProcess, startRelayProcess } from '../support/relay.ts'
import { EXIT, type K6Run, runK6 } from '../support/run-k6.ts'
import { differences, vendorStreams } from '../support/vendor-streams.ts'

const streams = vendorStreams()

/** The extension itself loses a byte order mark, a last line without its end, and CR alone. */
const LOST = /^(a58|a92|a131)-/

/** What can read a whole answer takes one for what it is, though a stream was asked for. */
const WHOLE = /^a48-/

onEachK6('the streams of vendors', (k6) => describeStreams(k6, k6.streams ? 'k6/x/sse' : 'k6/http'))
onEachK6('the streams of vendors, by the relay', (k6) => describeStreams(k6, 'relay'), isStock)

function describeStreams(k6: Engine, way: 'relay' | 'k6/x/sse' | 'k6/http'): void {
  const streaming = way !== 'k6/http'
  const made = new Map<string, object>()
  let server: Server
  let run: K6Run
  let relay: RelayProcess | undefined

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume()
      const stream = streams.find(({ name }) => request.url === `/${name}`)
      response.writeHead(stream ? 200 : 404, {
        'Content-Type': stream?.type ?? 'text/event-stream',
      })
      for (const piece of stream?.pieces ?? []) response.write(piece)
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    if (way === 'relay') relay = await startRelayProcess('--allow', `http://${host}`)
    run = await runK6(k6, variant(k6, 'test/k6/scripts/vendor-streams.js'), {
      env: { BASE_URL: `http://user:s3cret@${host}`, ...(relay && { LLM_RELAY: relay.url }) },
      args: ['--log-format', 'raw'],
    })
    for (const line of run.output.split('\n')) {
      if (!line.startsWith('MADE ')) continue
      const { name, result } = JSON.parse(line.slice(5))
      made.set(name, result)
    }
  })
  afterAll(async () => {
    await relay?.stop()
    server.close()
  })

  test('were all sent, and the password of the address is in no sample and no line', () => {
    expect(run.code, run.output.slice(-2000)).toBe(EXIT.ok)
    expect(made.size).toBe(streams.length)
    expect(run.samples.length).toBeGreaterThan(streams.length)
    expect(JSON.stringify(run.samples)).not.toContain('s3cret')
    expect(run.output).not.toContain('s3cret')
  })

  // Times are those of this server, which sends all at once: the unit tests judge them.
  const unlike = { relay: WHOLE, 'k6/x/sse': LOST, 'k6/http': WHOLE }[way]
  test.each(streams.filter(({ name }) => !unlike.test(name)))('$name', ({ name, want }) => {
    const shown = Object.entries(want).filter(
      ([path]) => !path.startsWith('timing.') && (streaming || !path.startsWith('stream.')),
    )
    expect(differences(made.get(name) ?? {}, Object.fromEntries(shown))).toEqual([])
  })
}
