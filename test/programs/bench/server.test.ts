import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { answer, body } from '../../../bench/bytes.ts'
import { createFastServer } from '../../../bench/server.ts'

test('the server of the benchmarks sends its bytes, whole, as often as it is asked', async () => {
  const server = createFastServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async (max_tokens: number) => {
    const init = { method: 'POST', body: JSON.stringify({ max_tokens }) }
    return (await fetch(`http://127.0.0.1:${port}/`, init)).text()
  }
  expect(await ask(2000)).toBe(body(answer(2000).data)) // several writes
  expect(await ask(8)).toBe(body(answer(8).data))
  expect(await ask(2000)).toBe(body(answer(2000).data))
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})
