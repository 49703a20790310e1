import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { METRICS } from '../../src/metrics/names.ts'

interface Panel {
  id: string
  title: string
  kind: string
  summary?: string
  series: { query: string }[]
}
interface Section {
  id: string
  panels: Panel[]
}
const file = new URL('../../dashboard/llm.dashboard.json', import.meta.url)
const { tabs } = JSON.parse(readFileSync(file, 'utf8')) as {
  tabs: { id: string; title: string; summary: string; sections: Section[] }[]
}
const sections = tabs.flatMap((tab) => tab.sections)
const panels = sections.flatMap((section) => section.panels)

/** k6's own, with what k6 aggregates of each (https://grafana.com/docs/k6/latest/using-k6/metrics/reference/). */
const BUILT_IN: Record<string, 'counter' | 'rate' | 'time' | 'gauge'> = {
  checks: 'rate',
  data_received: 'counter',
  data_sent: 'counter',
  dropped_iterations: 'counter',
  http_req_blocked: 'time',
  http_req_connecting: 'time',
  http_req_duration: 'time',
  http_req_failed: 'rate',
  http_req_receiving: 'time',
  http_req_sending: 'time',
  http_req_tls_handshaking: 'time',
  http_req_waiting: 'time',
  http_reqs: 'counter',
  iteration_duration: 'time',
  iterations: 'counter',
  vus: 'gauge',
  vus_max: 'gauge',
}
const AGGREGATES: Record<string, RegExp> = {
  counter: /^(count|rate)$/,
  rate: /^rate$/,
  gauge: /^value$/,
  time: /^(avg|max|med|min|p90|p95|p99)$/,
  trend: /^(avg|max|med|min|p90|p95|p99)$/,
}

describe('the dashboard', () => {
  const queries = panels
    .filter((panel) => panel.kind !== 'summary')
    .flatMap((panel) => panel.series.map((one) => one.query))

  test.each([...new Set(queries)])('%s asks for what there is', (query) => {
    const [, name = '', asked = ''] = /^(\w+)\[\?!tags && \(?([\w |]+?)\)?\]$/.exec(query) ?? []
    const kind = name in METRICS ? METRICS[name as keyof typeof METRICS].kind : BUILT_IN[name]
    expect(kind, `${query}: no metric of the library or of k6`).toBeDefined()
    for (const aggregate of asked.split(' || '))
      expect(aggregate).toMatch(AGGREGATES[kind as string] as RegExp)
  })

  test('has what an engineer of an LLM service looks for', () => {
    const names = new Set(queries.map((query) => query.replace(/\[.*/, '')))
    for (const name of [
      'llm_ttft',
      'llm_tpot',
      'llm_goodput',
      'llm_completion_tokens',
      'llm_failed',
    ])
      expect(names).toContain(name)
    for (const name of ['vus', 'llm_model_switch_duration', 'llm_client_lag', 'dropped_iterations'])
      expect(names).toContain(name)
    expect(tabs.map((tab) => tab.title)).toEqual([
      'LLM',
      'Models and Server',
      'Load Generator',
      'HTTP',
      'Summary',
    ])
  })

  test('every tab and every chart says in a sentence what it is', () => {
    for (const { title, summary } of [...tabs, ...panels.filter((one) => one.kind !== 'summary')])
      expect(summary, title).toMatch(/^[A-Z1].*\.$/)
  })

  test('ids are unique and follow the tree, as the dashboard wants them', () => {
    const ids = [...tabs, ...sections, ...panels].map((one) => one.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const tab of tabs)
      for (const [i, section] of tab.sections.entries()) {
        expect(section.id).toBe(`${tab.id}.section-${i}`)
        for (const [j, panel] of section.panels.entries())
          expect(panel.id).toBe(`${section.id}.panel-${j}`)
      }
  })
})
