import { describe, expect, test } from 'vitest'
import { readOptions } from '../../../simulator/control/configure.ts'
import { createRandom } from '../../../simulator/core/random.ts'
import { createBatch } from '../../../simulator/timing/batch.ts'
import { capacityOf } from '../../../simulator/timing/capacity.ts'
import { planPace } from '../../../simulator/timing/pace.ts'
import { readJson, start } from './support.ts'

const LIMITS = {
  maxNumSeqs: 4,
  stepBase: 10,
  stepPerSeq: 1,
  prefillRate: 10_000, // 0.1 ms a token
  kvCacheTokens: 1000,
  spread: 0,
}

/** A batch on a clock that a test moves. */
function machine(changes: Partial<typeof LIMITS> = {}) {
  const limits = { ...LIMITS, ...changes }
  let time = 0
  let timers: { due: number; run: () => void }[] = []
  const clock = {
    now: () => time,
    at(due: number, run: () => void) {
      const timer = { due, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  }
  const batch = createBatch(
    () => limits,
    clock,
    (step) => createRandom('step', step),
  )
  return {
    batch,
    /** Runs what is due up to then. */
    until(then: number) {
      for (;;) {
        const next = timers.sort((a, b) => a.due - b.due)[0]
        if (!next || next.due > then) break
        timers = timers.filter((other) => other !== next)
        time = Math.max(time, next.due)
        next.run()
      }
      time = then
    },
    join: (prompt: number, count: number, width = 1, arrivedAt = time) =>
      batch.join({ arrivedAt, prompt, count, width }),
  }
}

describe('a batch', () => {
  test('alone: prompt and first token in one step, then a step each', () => {
    const { join, until } = machine()
    const one = join(50, 3)
    until(100)
    expect(one.times).toEqual([16, 27, 38]) // 10 + 1 + 50 × 0.1, then 10 + 1
  })

  test('one that comes during a step joins at the next, and all wait for its prompt', () => {
    const { join, until } = machine()
    const first = join(10, 4)
    until(5)
    const second = join(30, 2)
    until(100)
    expect(first.times).toEqual([12, 27, 39, 50]) // 11 + 1; 12 + 3; 12; alone again 11
    expect(second.times).toEqual([27, 39])
  })

  test('a step that runs is known, the one after it is not', () => {
    const { join, until } = machine()
    const one = join(10, 3)
    expect(one.times).toEqual([12])
    until(12)
    expect(one.times).toEqual([12, 23])
  })

  test('who finds no place waits, first come, first served', () => {
    const { batch, join, until } = machine({ maxNumSeqs: 2 })
    const [a, b, c, d] = [join(10, 1), join(10, 3), join(10, 1), join(10, 1)]
    // The step began when a came.
    expect([batch.running, batch.waiting]).toEqual([1, 3])
    until(13)
    expect([batch.running, batch.waiting]).toEqual([2, 1])
    until(200)
    expect(a.times).toEqual([12])
    expect(b.times).toEqual([26, 39, 50])
    expect(c.times).toEqual([26])
    expect(d.times).toEqual([39])
    expect([batch.running, batch.waiting]).toEqual([0, 0])
  })

  test('prompt and answer must fit into the cache; the first in the queue is not overtaken', () => {
    const { join, until } = machine({ kvCacheTokens: 100 })
    const a = join(50, 2)
    const b = join(60, 1)
    const c = join(1, 1)
    until(200)
    expect(a.times).toEqual([16, 27])
    expect(b.times).toEqual([45.1]) // 10 + 2 + 6.1
    expect(c.times).toEqual([45.1])
  })

  test('a request that is larger than the cache runs alone', () => {
    const { join, until } = machine({ kvCacheTokens: 100 })
    const one = join(500, 1)
    until(200)
    expect(one.times).toEqual([61])
  })

  test('choices are sequences of their own', () => {
    const { join, until } = machine()
    const one = join(10, 2, 3)
    until(100)
    expect(one.times).toEqual([14, 27])
  })

  test('who leaves makes room, in the queue and in the batch', () => {
    const { batch, join, until } = machine({ maxNumSeqs: 1 })
    const [a, b, c] = [join(10, 100), join(10, 1), join(10, 1)]
    batch.leave(b)
    until(20)
    batch.leave(a)
    until(100)
    expect(a.times).toEqual([12, 23])
    expect(b.times).toEqual([])
    expect(c.times).toEqual([35])
  })

  test('one that comes after all have left is served', () => {
    const { batch, join, until } = machine()
    batch.leave(join(10, 5))
    const one = join(10, 1)
    until(100)
    expect(one.times).toEqual([24])
  })

  test('a start that is yet to come waits for its time', () => {
    const { join, until } = machine()
    const later = join(10, 1, 1, 50)
    const sooner = join(10, 1, 1, 20)
    until(200)
    expect(sooner.times).toEqual([32])
    expect(later.times).toEqual([62])
  })

  test('a late timer moves no step', () => {
    const { batch, join, until } = machine()
    const one = join(10, 4)
    until(12)
    batch.close() // its timers are gone
    expect(one.times).toEqual([12, 23])
    const other = machine()
    const late = other.join(10, 4)
    other.until(11.9)
    expect(late.times).toEqual([12])
    other.until(1000)
    expect(late.times).toEqual([12, 23, 34, 45])
  })

  test('a spread is drawn for each step and repeats', () => {
    const times = () => {
      const { join, until } = machine({ spread: 0.5 })
      const one = join(10, 50)
      until(2000)
      return one.times
    }
    const gaps = times().map((time, i, all) => time - (all[i - 1] ?? 0))
    expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(5.5)
    expect(Math.max(...gaps.slice(1))).toBeLessThanOrEqual(16.5)
    expect(new Set(gaps).size).toBeGreaterThan(40)
    expect(times()).toEqual(times())
  })
})

test('the pace of a batch is undecided until the step has begun', () => {
  const { batch, until } = machine()
  const left: (() => void)[] = []
  const pace = planPace(readOptions({ maxNumSeqs: 4 }), {
    random: createRandom(1),
    cold: false,
    batched: {
      batch,
      start: 0,
      sequence: { prompt: 10, count: 3, width: 1, onAdmit: undefined },
      onLeave: (leave) => left.push(leave),
    },
  })
  expect(pace.next(1)).toBe(12)
  expect(pace.next(2)).toBeUndefined()
  let told = 0
  pace.wait(() => {
    told += 1
  })
  until(12)
  expect([told, pace.next(2)]).toEqual([1, undefined])
  until(23)
  expect([told, pace.next(2)]).toEqual([1, 34])
  expect(left).toHaveLength(1)
})

describe('the capacity', () => {
  const size = { input: 100, output: 50 }

  /** Sends evenly at a rate; gives what the last half of the requests saw. */
  function serve(rate: number, seconds: number, changes: Partial<typeof LIMITS> = {}) {
    const { join, until, batch } = machine(changes)
    const sent: { arrivedAt: number; times: number[] }[] = []
    for (let i = 0; i < rate * seconds; i++) {
      until((i / rate) * 1000)
      sent.push(join(size.input, size.output))
    }
    const ended = sent.filter((one) => one.times.length === size.output).length
    const late = sent.slice(-Math.floor(sent.length / 2)).filter((one) => one.times.length === 50)
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    return {
      waiting: batch.waiting,
      done: ended / seconds,
      ttft: Math.max(...late.map((one) => (one.times[0] as number) - one.arrivedAt)),
      tpot: mean(late.map((one) => ((one.times[49] as number) - (one.times[0] as number)) / 49)),
    }
  }

  test.each([
    ['by its places', {}],
    ['by its cache', { maxNumSeqs: 100, kvCacheTokens: 900 }],
    ['with more places', { maxNumSeqs: 32, kvCacheTokens: 1e6 }],
  ])('%s: below it the queue is empty, above it the queue grows', (_, changes) => {
    const { requestsPerSecond, batch } = capacityOf({ ...LIMITS, ...changes }, size)
    const below = serve(requestsPerSecond * 0.95, 120, changes)
    const above = serve(requestsPerSecond * 1.1, 120, changes)
    expect(below.waiting).toBeLessThan(batch)
    expect(above.waiting).toBeGreaterThan(requestsPerSecond * 0.1 * 120 * 0.6)
    // What is done does not grow any more. (The last answers are not whole yet.)
    expect(above.done / requestsPerSecond).toBeGreaterThan(0.95)
    expect(above.done / requestsPerSecond).toBeLessThan(1.01)
  })

  test('says which limit it is', () => {
    expect(capacityOf(LIMITS, size)).toMatchObject({
      limitedBy: 'maxNumSeqs',
      batch: 4,
      stepTime: 14.8, // 10 + 4 × 1 + 4 / 50 × 10
      unloadedTtft: 21,
      unloadedTpot: 11,
    })
    expect(capacityOf(LIMITS, size).requestsPerSecond).toBeCloseTo(4000 / (50 * 14.8), 9)
    expect(capacityOf({ ...LIMITS, kvCacheTokens: 450 }, size)).toMatchObject({
      limitedBy: 'kvCacheTokens',
      batch: 3,
    })
  })

  test('of TPOT and TTFT are the rates at which the limits break', () => {
    const wide = { maxNumSeqs: 64, kvCacheTokens: 1e6 }
    const limits = { ...LIMITS, ...wide }
    const { tpotRate, ttftRate } = capacityOf(limits, { ...size, tpot: 20, ttft: 50 })
    expect(tpotRate).toBeCloseTo((0.5 / 60) * 1000, 9) // (1 - 10 / 20) / (10 + 50)
    expect(ttftRate).toBeCloseTo((0.6 / 60) * 1000, 9)
    const within = serve((tpotRate as number) * 0.93, 60, wide)
    const over = serve((tpotRate as number) * 1.07, 60, wide)
    expect(within.tpot).toBeLessThan(20)
    expect(over.tpot).toBeGreaterThan(20)
    expect(serve((ttftRate as number) * 0.9, 60, wide).ttft).toBeLessThan(50)
    expect(serve((ttftRate as number) * 1.1, 60, wide).ttft).toBeGreaterThan(50)
    // A limit that is under what one request alone takes is never met.
    expect(capacityOf(limits, { ...size, tpot: 5 }).tpotRate).toBe(0)
  })

  test('is told by GET /__sim/capacity', async () => {
    const given = { ...LIMITS, flavor: 'vllm', tokens: 50 }
    const simulator = await start(given)
    const reply = await simulator.send('/__sim/capacity?input=100&tpot=20')
    expect(await readJson(reply)).toEqual({
      input: 100,
      output: 50,
      tpot: 20,
      ...capacityOf(LIMITS, { ...size, tpot: 20 }),
    })
    expect((await simulator.send('/__sim/capacity?inputs=1')).status).toBe(400)
    const plain = await start({ flavor: 'vllm' })
    expect((await plain.send('/__sim/capacity')).status).toBe(400)
  })
})

describe('over HTTP', () => {
  const fast = { ...LIMITS, flavor: 'vllm', tokens: 6, stepBase: 2, stepPerSeq: 0 }

  test('streams, whole answers, reasoning, tools and several tokens to an event come as ever', async () => {
    const simulator = await start({ ...fast, reasoning: 2, tokensPerEvent: 3 })
    const streamed = await simulator.stream({ stream_options: { include_usage: true } })
    expect(streamed.usage[0].completion_tokens).toBe(8)
    expect(streamed.finish).toEqual(['stop'])
    const entry = await simulator.last()
    expect(entry.tokens.filter((n) => n > 0)).toEqual([1, 1, 3, 3])
    expect(entry.admittedAt).toBeGreaterThanOrEqual(entry.receivedAt as number)
    const whole = await simulator.send('/v1/chat/completions', {
      messages: [{ role: 'user', content: 'x' }],
    })
    expect((await readJson(whole)).usage.completion_tokens).toBe(8)
    const ollama = await start({ ...fast, flavor: 'ollama' })
    const native = await ollama.send('/api/generate', {
      model: 'sim-7b',
      prompt: 'x',
      stream: false,
    })
    expect((await readJson(native)).eval_count).toBe(6)
    for (const fault of ['reset:2', 'truncated:2', 'malformed', 'buffer', 'error-event:1']) {
      const reply = await simulator.send(
        '/v1/chat/completions',
        { messages: [{ role: 'user', content: 'x' }], stream: true },
        { 'x-sim-fault': fault },
      )
      const text = await reply.text().catch(() => 'cut')
      expect(text, fault).not.toBe('')
    }
  })

  test('no event leaves before it is due, and steps do not drift', async () => {
    const simulator = await start({ ...fast, tokens: 30 })
    await Promise.all([simulator.stream(), simulator.stream(), simulator.stream()])
    for (const entry of await simulator.requests()) {
      const sent = entry.sentAt.filter((_, i) => (entry.tokens[i] ?? 0) > 0)
      const began = entry.admittedAt as number
      sent.forEach((time, i) => {
        expect(time - began).toBeGreaterThanOrEqual((i + 1) * 2 - 1e-3)
      })
    }
  })

  test('/metrics shows who runs, who waits, and the cache', async () => {
    const options = { ...fast, maxNumSeqs: 1, stepBase: 60_000, kvCacheTokens: 80, tokens: 8 }
    const simulator = await start(options)
    const leave = new AbortController()
    const ask = () =>
      fetch(`${simulator.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true }),
        signal: leave.signal,
      }).catch(() => undefined)
    await ask() // headers come at once
    await ask()
    const value = async (name: string) => {
      const text = await (await simulator.send('/metrics')).text()
      return Number(new RegExp(`^vllm:${name}{[^}]*} (.*)$`, 'm').exec(text)?.[1])
    }
    expect(await value('num_requests_running')).toBe(1)
    expect(await value('num_requests_waiting')).toBe(1)
    expect(await value('kv_cache_usage_perc')).toBeCloseTo(9 / 80, 9)
    leave.abort()
    await expect.poll(() => value('num_requests_waiting')).toBe(0)
    await expect.poll(() => value('num_requests_running')).toBe(0)
    expect(await value('kv_cache_usage_perc')).toBeCloseTo(0, 9)
  })
})
