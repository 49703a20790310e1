import { expect, test } from 'vitest'
import { renderHtml } from '../../../src/report/html.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { toReport } from '../../../src/report/record.ts'
import { renderText } from '../../../src/report/text.ts'
import { schemaErrors } from '../../support/report-schema.ts'

test.each([
  ['relay', true, 'tokens were seen arriving through the relay'],
  ['k6/x/sse', true, 'tokens were seen arriving by k6/x/sse'],
  ['k6/http', false, "whole answers only (k6's own HTTP)"],
])('every format says which way it was: %s', (transport, streaming, words) => {
  const data = { metrics: {}, root_group: {}, state: { testRunDurationMs: 1000 } }
  const generatedAt = '2026-11-24T03:15:00.000Z'
  const report = toReport(data, { title: 'T', generatedAt, streaming, transport })
  expect(report).toMatchObject({ transport, streaming })
  expect(schemaErrors(report)).toEqual([])
  expect(renderText(report)).toContain(`${words}\n`)
  expect(renderMarkdown(report)).toContain(words)
  expect(renderHtml(report).replace(/&#39;|&#x27;/g, "'")).toContain(words)
})
