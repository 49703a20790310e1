import { expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'

onEachK6('a long schedule', (k6) => {
  test('a schedule of an hour at 50/s is made once, not in each of 100 VUs', async () => {
    const took = async (length: string, vus: number) => {
      const env = { BASE_URL: 'http://127.0.0.1:9', RATE: '50', LENGTH: length, VUS: `${vus}` }
      const begin = Date.now()
      const run = await runK6(k6, 'test/k6/scripts/long-schedule.js', { env })
      expect(run.code, run.output).toBe(EXIT.ok)
      expect(run.values('iterations')).toHaveLength(vus)
      return Date.now() - begin
    }
    // What an hour costs more than 10 s do, whatever the machine: with one VU it is made once for
    // certain. With 100 it takes about as long where it is made once, and 100 times as long where
    // each VU makes it.
    const extra = async (vus: number) => (await took('1h', vus)) - (await took('10s', vus))
    let ratio = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3 && ratio > 5; round++) {
      ratio = Math.min(ratio, (await extra(100)) / Math.max(100, await extra(1)))
    }
    expect(ratio).toBeLessThan(5)
  })
})
