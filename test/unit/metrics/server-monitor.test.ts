import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createServerMonitor } from '../../../src/metrics/server-monitor.ts'
import { world } from '../../support/k6/execution.ts'
import { requests, respond } from '../../support/k6/http.ts'

beforeEach(() => {
  world.reset()
  requests.length = 0
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

test('whatever the page answers is no failed request of k6', async () => {
  respond(() => ({ status: 200, body: 'vllm:num_requests_running 3\n' }))
  expect(await createServerMonitor({ baseUrl: 'http://h/v1' }).sample()).toEqual({ running: 3 })
  expect(requests[0]).toMatchObject({
    url: 'http://h/metrics',
    params: { responseCallback: null, tags: { name: 'server metrics' } },
  })
})

test('a server without the page is asked once, and it is said', async () => {
  respond(() => ({ status: 404, body: '{"detail":"Not Found"}' }))
  const monitor = createServerMonitor({ baseUrl: 'http://u:s3cret@none' })
  for (let i = 0; i < 3; i++) expect(await monitor.sample()).toBeUndefined()
  expect(requests).toHaveLength(1)
  expect(vi.mocked(console.warn).mock.calls).toEqual([
    ['k6-llm: http://none/metrics answers 404: no figures of the server in this run'],
  ])
})

test('one that is busy is asked again', async () => {
  respond(() => ({ status: 503 }))
  const monitor = createServerMonitor({ baseUrl: 'http://busy' })
  for (let i = 0; i < 2; i++) expect(await monitor.sample()).toBeUndefined()
  expect(requests).toHaveLength(2)
  expect(console.warn).not.toHaveBeenCalled()
})
