import { describe, expect, test } from 'vitest'
import { SYMPTOMS, type Symptom } from '../../../src/report/advice.ts'
import { toReport } from '../../../src/report/record.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { counter, rate, run, trend, unused } from './run.ts'

const adviceOf = (metrics: { [name: string]: unknown }, streaming?: boolean) =>
  toReport(run({ llm_requests: counter(9, 1), ...metrics }), {
    title: 'T',
    generatedAt: '2026-11-24T03:15:00.000Z',
    ...(streaming !== undefined && { streaming }),
  }).advice
const ids = (advice: ReturnType<typeof adviceOf>) =>
  advice.map(({ symptom, causes }) => [symptom, ...causes.filter((c) => c.seen).map((c) => c.id)])
const missed = (expression: string) => ({ [expression]: false })

describe('likely causes', () => {
  test('are none where all goals were met', () => {
    expect(adviceOf({ llm_ttft: trend([1, 2, 3, 4, 5], { 'p(95)<9': true }) })).toEqual([])
  })

  test('follow the goals, the worst first, each symptom once', () => {
    const advice = adviceOf({
      llm_ttft: trend([1, 20, 30, 40, 5], { ...missed('p(95)<10'), ...missed('p(99)<10') }),
      llm_tpot: trend([1, 90, 30, 40, 5], missed('p(95)<10')),
      llm_request_duration: trend([1, 11, 30, 40, 5], missed('p(95)<10')),
      http_req_duration: trend([1, 10.5, 30, 40, 5], missed('p(95)<10')),
      llm_goodput: rate(1, 1, missed('rate>=0.51')),
    })
    expect(advice.map(({ symptom }) => symptom)).toEqual([
      'tpot',
      'ttft',
      'duration',
      'api',
      'goodput',
    ])
  })

  test('name first what the run shows, and leave out what it shows not to be there', () => {
    const failing = { llm_failed: rate(3, 6, missed('rate<0.01')) }
    // Of what k6 did not count nothing is named.
    expect(adviceOf(failing)).toEqual([
      { symptom: 'errors', causes: [{ id: 'uncounted', seen: true }] },
    ])
    const counted = adviceOf({
      ...failing,
      'llm_errors{error_type:http_429}': counter(2, 1, { 'count>=0': true }),
      'llm_errors{error_type:timeout}': counter(1, 1, { 'count>=0': true }),
    })
    expect(counted).toEqual([
      {
        symptom: 'errors',
        causes: [
          { id: 'rate-limit', seen: true },
          { id: 'timeout', seen: true },
        ],
      },
    ])
  })

  test('read the figures of the server and of the streams', () => {
    const ttft = { llm_ttft: trend([100, 900, 950, 999, 5], missed('p(95)<10')) }
    const waiting = (n: number) => ({
      llm_server_waiting: trend([0, n, n, n, 5], undefined, 'default'),
    })
    expect(ids(adviceOf({ ...ttft, ...waiting(7) }))).toEqual([['ttft', 'queue']])
    const none = adviceOf({ ...ttft, ...waiting(0) })[0]
    expect(none?.causes.map(({ id }) => id)).not.toContain('queue')
    expect(ids(adviceOf({ ...ttft, llm_buffered: rate(3, 6) }))).toEqual([['ttft', 'buffered']])
    expect(ids(adviceOf({ ...ttft, llm_connect: trend([50, 60, 60, 60, 5]) }))).toEqual([
      ['ttft', 'connection'],
    ])
  })

  test('of what was not measured: on stock k6 the extension, with it never', () => {
    const empty = { llm_ttft: unused({ 'p(95)<10': true, 'max>0': false }) }
    const causes = (streaming: boolean) => adviceOf(empty, streaming)[0]?.causes.map((c) => c.id)
    expect(causes(false)).toEqual(['no-extension'])
    expect(causes(true)).toEqual([])
    const tpot = { llm_tpot: unused({ 'p(95)<10': true, 'max>0': false }) }
    expect(adviceOf(tpot, true)[0]?.causes.map((c) => c.id)).toEqual(['no-usage'])
  })

  test('of what was not measured: a tag that no sample has, or requests that all failed', () => {
    const empty = { 'llm_ttft{sla:chat}': unused({ 'p(95)<10': true, 'max>0': false }) }
    expect(adviceOf(empty, true)[0]?.causes).toEqual([{ id: 'no-tag' }])
    expect(ids(adviceOf({ ...empty, llm_failed: rate(9, 0) }, true))).toEqual([
      ['unmeasured', 'all-failed'],
    ])
  })

  test('name the relay where it was gone, or was the bottleneck', () => {
    const failing = { llm_failed: rate(3, 6, missed('rate<0.01')) }
    const relay = { llm_relay_overhead: trend([2, 5, 9, 9, 5]) }
    expect(ids(adviceOf({ ...failing, ...relay, llm_relay_errors: counter(3, 1) }))).toEqual([
      ['errors', 'relay'],
    ])
    const delay = { llm_relay_delay: trend([20, 60, 70, 90, 5], missed('p(99)<50')) }
    expect(ids(adviceOf({ ...relay, ...delay }))).toEqual([['generator', 'busy-relay']])
    const gone = { llm_relay_errors: counter(3, 1, missed('count==0')) }
    expect(ids(adviceOf(gone))).toEqual([['generator', 'relay']])
    expect(adviceOf(failing)[0]?.causes.map(({ id }) => id)).not.toContain('relay')
  })

  test('of switches that failed are those of switches', () => {
    const metrics = {
      llm_model_switch_failed: rate(4, 0, missed('rate<0.1')),
      llm_model_switch_duration: unused({ 'p(95)<180000': true, 'max>0': false }),
    }
    expect(ids(adviceOf(metrics))).toEqual([['switch', 'load-failed']])
  })
})

test('every symptom and cause has its text in both languages, as a sentence', () => {
  for (const { symptoms, causes } of Object.values(WORDS).map((words) => words.advice)) {
    for (const symptom of Object.keys(SYMPTOMS) as Symptom[]) {
      expect(symptoms[symptom]).toBeTruthy()
      for (const id of SYMPTOMS[symptom].causes) {
        expect(causes[id].cause, id).toMatch(/\.$/)
        expect(causes[id].remedy, id).toMatch(/\.$/)
      }
    }
  }
})
