import { expect, test } from 'vitest'
import { filesOf } from '../../../cli/init/files.ts'

test('an address with a quote does not break the workflow', () => {
  const files = filesOf(
    {
      url: "http://a/'b",
      api: 'gateway',
      model: '',
      users: 1,
      duration: '1m',
      ttft: 1,
      failed: 0,
      workflow: true,
    },
    '1.2.3',
    { address: './k6-llm', files: { 'load/k6-llm/index.js': 'x' } },
  )
  expect(files['.github/workflows/load-test.yml']).toContain("|| 'http://a/''b' }}")
  expect(files['load/chat.js']).toContain("from './k6-llm/index.js'")
  expect(files['load/k6-llm/index.js']).toBe('x')
  expect(JSON.parse(files['load/config.json'] ?? '').goals.name).toBe('load/config.json')
  expect(files['load/config.json']).not.toContain('model')
})
