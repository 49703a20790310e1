import { expect, test } from 'vitest'
import type { Examination } from '../../../../cli/doctor/examine.ts'
import { nextCommand } from '../../../../cli/doctor/next-command.ts'

const examined = (server: Partial<Examination['server']>): Examination => ({
  schema: 'k6-llm/doctor@1',
  url: 'http://localhost:8000',
  k6: null,
  server: { models: [], ...server },
  streams: [],
  findings: [],
  requests: 4,
  ok: true,
})
const url = 'http://localhost:8000'
const END = '-e TEST_DURATION=2m -e MAX_VUS=5 examples/streaming-test.js'

test('what was found is filled in', () => {
  expect(nextCommand(examined({ api: 'openai-chat', model: 'qwen2.5-7b' }), { url })).toBe(
    `npx k6-llm run -e BASE_URL=${url} -e API=openai-chat -e MODEL=qwen2.5-7b ${END}`,
  )
  expect(nextCommand(examined({ api: 'ollama-chat' }), { url, insecure: true }, 'load-test')).toBe(
    `npx k6-llm run --insecure -e BASE_URL=${url} -e API=ollama-chat -e TEST_DURATION=2m ` +
      '-e MAX_VUS=5 examples/load-test.js',
  )
})

test('secrets are named, never written', () => {
  const gateway = examined({ api: 'gateway', model: "it's" })
  const login = nextCommand(gateway, { url, user: 'test@example.com' })
  expect(login).toContain(
    ` -e API=gateway -e MODEL='it'\\''s' -e TEST_EMAIL="$TEST_EMAIL" -e TEST_PASSWORD="$TEST_PASSWORD" `,
  )
  const all = nextCommand(gateway, {
    url: 'http://me:hidden@localhost:8000',
    user: 'test@example.com',
    token: 'hidden',
  })
  expect(all).toContain('-e BASE_URL="$BASE_URL" ')
  expect(all).toContain('-e API_TOKEN="$API_TOKEN"')
  expect(all).not.toMatch(/hidden|test@example|TEST_EMAIL/)
})
