import { expect, test } from 'vitest'
import { onEachK6 } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'

onEachK6('a long schedule', (k6) => {
  test('a schedule of an hour at 50/s is made once, not in each of 100 VUs', async () => {
    // Against the same with a schedule of 10 s, one after the other: the machine is not alone.
    const took = async (length: string) => {
      const env = { BASE_URL: 'http://127.0.0.1:9', RATE: '50', LENGTH: length, VUS: '100' }
      const begin = Date.now()
      const run = await runK6(k6, 'test/k6/scripts/long-schedule.js', { env })
      expect(run.code, run.output).toBe(EXIT.ok)
      expect(run.values('iterations')).toHaveLength(100)
      return Date.now() - begin
    }
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3 && least > 2000; round++) {
      least = Math.min(least, (await took('1h')) - (await took('10s')))
    }
    // Made once it is 0.5 s; in each VU it would be 50 s of CPU.
    expect(least).toBeLessThan(2000)
  })
})
