import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { slaPresets } from '../../../src/sla/presets.ts'
import { extendSla, resolveSla, type Sla } from '../../../src/sla/sla.ts'
import { world } from '../../support/k6/execution.ts'

const environment: { [name: string]: string } = {}

beforeEach(() => {
  world.reset()
  world.init = true
  for (const name of Object.keys(environment)) delete environment[name]
  vi.stubGlobal('__ENV', environment)
})

/** Values that no type allows, as a JavaScript user may pass them. */
const wrong = (value: unknown) => value as Sla

describe('the presets', () => {
  test('are the numbers of the guide', () => {
    expect(slaPresets.guideChat.duration).toEqual({ p50: 1500, p95: 3000, p99: 5000 })
    expect(slaPresets.guideChat.errorRate).toBe(0.01)
    expect(slaPresets.guideChat.availability).toBe(0.995)
    expect(slaPresets.guideComplex.duration).toEqual({ p50: 3000, p95: 8000 })
    expect(slaPresets.guideStreaming.ttft).toEqual({ p95: 2000 })
    expect(slaPresets.guideStreaming.errorRate).toBe(0.05)
    expect(slaPresets.guideApi.apiDuration).toEqual({ p95: 5000 })
    expect(slaPresets.guideModelSwitch.switchSuccess).toBe(0.9)
    expect(slaPresets.guideThroughput).toMatchObject({
      requestsPerSecond: 20,
      tokensPerMinute: 1000,
      concurrentUsers: 10,
    })
  })

  test('are the numbers of the MLPerf rules, at the 99th percentile', () => {
    const limits = ({ ttft, tpot }: Sla) => [ttft, tpot]
    expect(limits(slaPresets.mlperfLlama2)).toEqual([{ p99: 2000 }, { p99: 200 }])
    expect(limits(slaPresets.mlperfLlama2Interactive)).toEqual([{ p99: 450 }, { p99: 40 }])
    expect(limits(slaPresets.mlperfLlama405b)).toEqual([{ p99: 6000 }, { p99: 175 }])
    expect(limits(slaPresets.mlperfLlama405bInteractive)).toEqual([{ p99: 4500 }, { p99: 80 }])
  })

  test('are in docs/sla.md, and only the guide’s are changed by the environment', () => {
    const page = readFileSync(new URL('../../../docs/sla.md', import.meta.url), 'utf8')
    for (const [name, preset] of Object.entries(slaPresets)) {
      expect(page, name).toContain(`\`${name}\``)
      if (!/^guide/.test(name)) expect(preset).not.toHaveProperty('variables')
    }
  })

  test('each name their source and survive JSON, so that they can be printed', () => {
    for (const [name, preset] of Object.entries(slaPresets)) {
      const from = /^guide/.test(name) ? /guide/ : /^mlperf/.test(name) ? /^MLPerf/ : /own/
      expect(preset.source, name).toMatch(from)
      expect(preset.source, name).toMatch(/20\d\d/)
      expect(JSON.parse(JSON.stringify(preset))).toEqual(preset)
      expect(resolveSla(preset)).toEqual({ ...preset, variables: undefined })
    }
  })
})

describe('extendSla', () => {
  test('merges percentiles one by one and leaves the base alone', () => {
    const before = JSON.stringify(slaPresets.guideChat)
    const sla = extendSla(slaPresets.guideChat, { duration: { p95: 2500, 'p99.9': 9000 } })
    expect(sla.duration).toEqual({ p50: 1500, p95: 2500, p99: 5000, 'p99.9': 9000 })
    expect(sla.errorRate).toBe(0.01)
    expect(JSON.stringify(slaPresets.guideChat)).toBe(before)
  })

  test('null takes a limit away: one percentile, all of them, a share', () => {
    const sla = extendSla(slaPresets.guideChat, { duration: { p99: null }, availability: null })
    expect(sla.duration).toEqual({ p50: 1500, p95: 3000 })
    expect('availability' in sla).toBe(false)
    expect('duration' in extendSla(slaPresets.guideChat, { duration: null })).toBe(false)
    const none = extendSla(slaPresets.guideStreaming, { ttft: { p95: null } })
    expect('ttft' in none).toBe(false)
  })

  test('undefined changes nothing', () => {
    const sla = extendSla(slaPresets.guideChat, {
      errorRate: undefined,
      duration: { p95: undefined },
    })
    expect(sla).toEqual(slaPresets.guideChat)
  })

  test('a limit that is set here is out of reach of the environment, the others are not', () => {
    environment.RESPONSE_TIME_P95 = '9999'
    environment.ERROR_RATE_THRESHOLD = '0.2'
    const sla = resolveSla(extendSla(slaPresets.guideChat, { duration: { p95: 2500 } }))
    expect(sla.duration?.p95).toBe(2500)
    expect(sla.errorRate).toBe(0.2)
  })

  test('a limit that was taken away is not brought back by the environment', () => {
    environment.RESPONSE_TIME_P95 = '9999'
    expect(resolveSla(extendSla(slaPresets.guideChat, { duration: null })).duration).toBeUndefined()
    const some = extendSla(slaPresets.guideChat, { duration: { p95: null } })
    expect(resolveSla(some).duration).toEqual({ p50: 1500, p99: 5000 })
  })

  test('says in source what was changed, unless the override has its own', () => {
    const changed = extendSla(slaPresets.guideChat, { duration: { p95: 1 }, errorRate: 0 })
    expect(changed.source).toBe(
      `${slaPresets.guideChat.source}; changed in the script: duration.p95, errorRate`,
    )
    const own = extendSla(slaPresets.guideChat, { errorRate: 0, name: 'mine', source: 'us, 2026' })
    expect(own).toMatchObject({ name: 'mine', source: 'us, 2026' })
  })

  test('adds and removes variables', () => {
    environment.TTFT_THRESHOLD = '700'
    const sla: Sla = { name: 'mine', ttft: { p95: 500 } }
    expect(resolveSla(sla).ttft?.p95).toBe(500)
    const open = extendSla(sla, { variables: { 'ttft.p95': 'TTFT_THRESHOLD' } })
    expect(resolveSla(open).ttft?.p95).toBe(700)
    expect(resolveSla(extendSla(open, { variables: null })).ttft?.p95).toBe(500)
  })
})

describe('resolveSla', () => {
  test('reads the guide’s variables where the SLA names them', () => {
    environment.TTFT_THRESHOLD = '1200'
    environment.RESPONSE_TIME_P95 = '4000'
    environment.ERROR_RATE_THRESHOLD = '0.02'
    expect(resolveSla(slaPresets.guideStreaming)).toMatchObject({
      ttft: { p95: 1200 },
      errorRate: 0.02,
      variables: { 'ttft.p95': 'TTFT_THRESHOLD', errorRate: 'ERROR_RATE_THRESHOLD' },
    })
    expect(resolveSla(slaPresets.guideChat).duration).toEqual({ p50: 1500, p95: 4000, p99: 5000 })
    expect(resolveSla(slaPresets.guideComplex).duration).toEqual({ p50: 3000, p95: 8000 })
  })

  test('knows the older ERROR_THRESHOLD, and the newer one wins', () => {
    environment.ERROR_THRESHOLD = '0.03'
    expect(resolveSla(slaPresets.guideApi).errorRate).toBe(0.03)
    environment.ERROR_RATE_THRESHOLD = '0.04'
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    expect(resolveSla(slaPresets.guideApi).errorRate).toBe(0.04)
    warn.mockRestore()
  })

  test('never changes an SLA without variables', () => {
    environment.TTFT_THRESHOLD = '1'
    environment.ERROR_RATE_THRESHOLD = '1'
    const sla: Sla = { name: 'mine', ttft: { p95: 500 }, errorRate: 0 }
    expect(resolveSla(sla)).toEqual(sla)
  })

  test('a variable may set a limit that the SLA leaves open, p99.9 too', () => {
    const sla: Sla = { variables: { 'ttft.p99.9': 'TTFT_THRESHOLD' } }
    expect(resolveSla(sla).ttft).toBeUndefined()
    environment.TTFT_THRESHOLD = '900'
    expect(resolveSla(sla).ttft).toEqual({ 'p99.9': 900 })
  })

  test.each([
    ['TTFT_THRESHOLD', '2s', /TTFT_THRESHOLD="2s": expected a number/],
    ['TTFT_THRESHOLD', '0', /TTFT_THRESHOLD="0": expected a number, 1 or more/],
    ['ERROR_RATE_THRESHOLD', '5', /ERROR_RATE_THRESHOLD="5": expected a number from 0 to 1/],
  ])('refuses %s=%s', (name, value, message) => {
    environment[name] = value
    expect(() => resolveSla(slaPresets.guideStreaming)).toThrow(message)
  })
})

describe('what cannot be judged is refused with the value and the fix', () => {
  test.each([
    [undefined, /sla=undefined: expected an SLA such as slaPresets.guideChat/],
    [null, /expected an SLA/],
    [[], /expected an SLA/],
    [{ tttf: { p95: 1 } }, /sla\.tttf: no such limit; expected one of .*ttft/],
    [{ ttft: 2000 }, /sla\.ttft=2000: expected an object like \{ p95: 2000 \}/],
    [{ ttft: [2000] }, /sla\.ttft=\[2000\]: expected an object/],
    [{ ttft: null }, /sla\.ttft=null: expected an object/],
    [{ ttft: { p200: 2000 } }, /sla\.ttft\.p200: expected .* a percentile from p0 to p100/],
    [{ ttft: { min: 2000 } }, /sla\.ttft\.min: expected avg, med, max or a percentile/],
    [{ ttft: { P95: 2000 } }, /sla\.ttft\.P95: expected avg/],
    [{ ttft: { p95: Number.NaN } }, /sla\.ttft\.p95=NaN: expected a time in milliseconds/],
    [{ ttft: { p95: -1 } }, /sla\.ttft\.p95=-1: expected a time in milliseconds, more than 0/],
    [{ ttft: { p95: 0 } }, /sla\.ttft\.p95=0: /],
    [{ ttft: { p95: '2s' } }, /sla\.ttft\.p95="2s": expected a time in milliseconds/],
    [{ ttft: { p95: Infinity } }, /sla\.ttft\.p95=Infinity/],
    [{ errorRate: 1.5 }, /sla\.errorRate=1\.5: expected a share from 0 to 1, like 0.01 for 1 %/],
    [{ availability: -0.1 }, /sla\.availability=-0\.1: expected a share/],
    [{ goodput: null }, /sla\.goodput=null: expected a share/],
    [{ requestsPerSecond: 0 }, /sla\.requestsPerSecond=0: expected a number more than 0/],
    [{ name: '' }, /sla\.name="": expected a text/],
    [{ variables: 'x' }, /sla\.variables="x": expected an object like/],
    [
      { variables: { 'ttft.p95': 'TTFT' } },
      /sla\.variables\["ttft\.p95"\]="TTFT": expected a time/,
    ],
    [{ variables: { ttft: 'TTFT_THRESHOLD' } }, /sla\.variables\["ttft"\]/],
    [{ variables: { errorRate: 'TTFT_THRESHOLD' } }, /'errorRate' with ERROR_RATE_THRESHOLD/],
    [{ variables: { 'ttft.p101': 'TTFT_THRESHOLD' } }, /sla\.ttft\.p101/],
  ])('%j', (sla, message) => {
    expect(() => resolveSla(wrong(sla))).toThrow(message)
  })

  test('in an override as well, where null is allowed', () => {
    expect(() => extendSla(slaPresets.guideChat, { ttft: { p999: 1 } })).toThrow(/p999/)
    expect(() => extendSla(slaPresets.guideChat, wrong({ errorrate: 1 }))).toThrow(/sla\.errorrate/)
    expect(() => extendSla(wrong(undefined), {})).toThrow(/sla=undefined/)
  })
})
