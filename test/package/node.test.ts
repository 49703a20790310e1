import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type * as source from '#node'
import { loadTest } from '../unit/report/run.ts'

const file = fileURLToPath(new URL('../../dist/node.js', import.meta.url))
const code = readFileSync(file, 'utf8')

test('dist/node.js runs in Node as it is: no module of k6, none of its globals', async () => {
  expect(code).not.toMatch(/^import |\brequire\(|__ENV|__VU|__VERSION__/m)
  const { toReport, renderText, renderJson } = (await import(
    /* @vite-ignore */ pathToFileURL(file).href
  )) as typeof source
  const report = toReport(loadTest, { title: 'Load test', generatedAt: '2026-11-24T03:15:00Z' })
  expect(renderText(report)).toMatch(/^FAIL - Load test: 3 of \d goals not met\n/)
  expect(JSON.parse(renderJson(report))).toEqual(report)
})

test('it is internal: the exports of the package do not name it', () => {
  const pkg = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  expect(JSON.stringify(JSON.parse(pkg).exports)).not.toContain('report')
})
