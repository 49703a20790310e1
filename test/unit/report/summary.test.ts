import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSummary, type SummaryOptions } from '../../../src/report/summary.ts'
import { LOCALES } from '../../../src/report/words/language.ts'
import { WORDS } from '../../../src/report/words/words.ts'
import { slaPresets } from '../../../src/sla/presets.ts'
import { world } from '../../support/k6/execution.ts'
import { loadTest, run, trend } from './run.ts'

beforeEach(() => {
  world.reset()
  world.init = true
  vi.stubGlobal('__ENV', {})
  vi.useFakeTimers({ now: new Date('2026-11-24T03:15:00.500Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

const broken = vi.hoisted(() => ({ markdown: false }))
vi.mock('../../../src/report/markdown.ts', async (original) => {
  const real = await original<typeof import('../../../src/report/markdown.ts')>()
  return {
    renderMarkdown: (...given: Parameters<typeof real.renderMarkdown>) => {
      if (broken.markdown) throw new Error('no ink')
      return real.renderMarkdown(...given)
    },
  }
})

const FILE = 'results/load-test-20261124T031500Z.json'
const made = (options: SummaryOptions, data: unknown = loadTest) => createSummary(options)(data)

describe('createSummary', () => {
  test('writes text to the terminal and the record to a file named by title and time', () => {
    const output = made({ title: 'Load test' })
    expect(Object.keys(output).sort()).toEqual([FILE, 'stdout'])
    expect(output.stdout).toMatch(/^FAIL - Load test: /)
    expect(output.stdout).toContain(`Files (k6 says which it cannot write): ${FILE}`)
    expect(JSON.parse(output[FILE] as string)).toMatchObject({
      schema: 'k6-llm/report@1',
      title: 'Load test',
      generatedAt: '2026-11-24T03:15:00.500Z',
      verdict: 'fail',
    })
  })

  test('needs no options', () => {
    expect(Object.keys(createSummary()(loadTest))).toContain('results/k6-llm-20261124T031500Z.json')
  })

  test.each([
    [{ directory: 'out/' }, 'out/load-test-20261124T031500Z.json'],
    [{ directory: '.' }, './load-test-20261124T031500Z.json'],
    [{ file: 'x/y.json' }, 'x/y.json'],
    [{ title: 'vLLM 챗봇: 부하 테스트!' }, 'results/vllm-챗봇-부하-테스트-20261124T031500Z.json'],
    [{ title: '../..' }, 'results/report-20261124T031500Z.json'],
  ])('%j goes to %s', (options, file) => {
    expect(Object.keys(made({ title: 'Load test', ...options }))).toContain(file)
  })

  test('makes only the formats that were asked for', () => {
    expect(Object.keys(made({ formats: ['json'] }))).toEqual([
      'results/k6-llm-20261124T031500Z.json',
    ])
    const text = made({ formats: ['text'] })
    expect(Object.keys(text)).toEqual(['stdout'])
    expect(text.stdout).not.toContain('Written')
  })

  test('several formats are files of one name, which the text lists', () => {
    const output = made({ title: 'Load test', formats: ['markdown', 'text', 'json'] })
    const base = FILE.replace('.json', '')
    expect(Object.keys(output).sort()).toEqual([`${base}.json`, `${base}.md`, 'stdout'])
    expect(output[`${base}.md`]).toMatch(/^# 🚀 Load test performance test report\n/)
    const written = (output.stdout as string).slice(output.stdout?.indexOf('write):'))
    expect(written.split(/\s+/)).toEqual(['write):', `${base}.md,`, `${base}.json`, ''])
    expect(Object.keys(made({ file: 'x/y.json', formats: ['markdown'] }))).toEqual(['x/y.md'])
  })

  test('REPORT_FORMATS says which, where the script does not', () => {
    vi.stubGlobal('__ENV', { REPORT_FORMATS: 'text, html' })
    const page = FILE.replace('.json', '.html')
    expect(Object.keys(made({ title: 'Load test' })).sort()).toEqual([page, 'stdout'])
    expect(Object.keys(made({ title: 'Load test', formats: ['json'] }))).toEqual([FILE])
    vi.stubGlobal('__ENV', { REPORT_FORMATS: 'text,pdf' })
    expect(() => createSummary()).toThrow(
      /REPORT_FORMATS=\["text","pdf"\]: expected a list of text/,
    )
  })

  test('a format that fails is named, and the others are written', () => {
    broken.markdown = true
    const output = made({ title: 'Load test', formats: ['markdown', 'text', 'json'] })
    broken.markdown = false
    expect(output.stderr).toMatch(/^k6-llm: the markdown report could not be made: Error: no ink\n/)
    expect(Object.keys(output).sort()).toEqual([FILE, 'stderr', 'stdout'])
    expect(output.stdout).toContain(`Files (k6 says which it cannot write): ${FILE}`)
  })

  test('says how tokens were seen, and the settings that are no secret', () => {
    vi.stubGlobal('__ENV', {
      BASE_URL: 'https://user:pa55@example.com/v1?key=k3y',
      MODEL: 'm',
      API_TOKEN: 't0ken',
      TEST_EMAIL: 'a@example.com',
      TEST_PASSWORD: 'pa55word',
    })
    const output = made({ title: 'Load test', formats: ['json', 'markdown', 'text'] })
    expect(JSON.parse(output[FILE] as string)).toMatchObject({
      streaming: false,
      configuration: [
        { name: 'BASE_URL', value: 'https://example.com/v1' },
        { name: 'MODEL', value: 'm' },
      ],
    })
    expect(JSON.stringify(output)).not.toMatch(/pa55|k3y|t0ken|a@example/)
  })

  test('knows from its SLAs what was not measured, each with its own options', () => {
    const output = made({
      title: 'Load test',
      unmeasured: 'report',
      sla: [
        slaPresets.guideStreaming,
        { sla: slaPresets.guideChat, tags: { sla: 'chat' } },
        { sla: { ttft: { p99: 1 } }, streaming: true },
        { sla: { name: 'strict', tpot: { p95: 50 } }, unmeasured: 'fail' },
      ],
    })
    const record = JSON.parse(output[FILE] as string)
    expect(record.slas).toMatchObject([
      { name: 'streaming' },
      { name: 'ordinary chat' },
      { name: 'SLA' },
      { name: 'strict' },
    ])
    expect(record.unmeasured).toMatchObject([
      { sla: 'streaming', limit: 'ttft.p95', gated: false },
      { sla: 'strict', limit: 'tpot.p95', gated: true },
    ])
    const named = record.goals.filter((goal: { sla?: string }) => goal.sla === 'ordinary chat')
    expect(named).toHaveLength(5)
    expect(output.stdout).toContain('LLM_RELAY')
  })

  test('takes one SLA as well, and says which variables changed it', () => {
    vi.stubGlobal('__ENV', { RESPONSE_TIME_P95: '4000' })
    const record = JSON.parse(
      made({ title: 'Load test', sla: slaPresets.guideChat })[FILE] as string,
    )
    expect(record.slas[0].variables).toEqual({ 'duration.p95': 'RESPONSE_TIME_P95' })
  })

  test('keeps notes', () => {
    const notes = { model: 'llama', gpus: 2 }
    const record = JSON.parse(made({ title: 'Load test', notes })[FILE] as string)
    expect(record.notes).toEqual([
      { label: 'model', text: 'llama' },
      { label: 'gpus', text: '2' },
    ])
    expect(made({ notes: 'TP=2' }).stdout).toContain('Notes\n  TP=2')
  })

  test('speaks Korean', () => {
    expect(LOCALES).toEqual(Object.keys(WORDS))
    expect(made({ locale: 'ko' }).stdout).toContain('미달 목표')
  })

  test('never writes what setup returned', () => {
    expect(JSON.stringify(made({}))).not.toContain('secret')
    expect(JSON.stringify(made({}, { setup_data: { token: 'secret' }, odd: 1 }))).not.toContain(
      'secret',
    )
  })

  test('colours a terminal, unless k6 or the user says no', () => {
    const ESC = String.fromCharCode(27)
    const tty = { state: { isStdOutTTY: true, testRunDurationMs: 1 } }
    const colored = (more: { [key: string]: unknown }) =>
      made(
        {},
        run({ llm_ttft: trend([1, 2, 3, 4, 5], { 'p(95)<9': true }) }, more),
      ).stdout?.includes(ESC)
    expect(colored(tty)).toBe(true)
    expect(colored({})).toBe(false)
    expect(colored({ ...tty, options: { noColor: true } })).toBe(false)
    vi.stubGlobal('__ENV', { NO_COLOR: '1' })
    expect(colored(tty)).toBe(false)
  })

  test('what cannot be read is told on stderr, and k6’s figures are kept', () => {
    const output = made({ title: 'Load test' }, { odd: 1, setup_data: { token: 'secret' } })
    expect(output.stderr).toContain(
      'k6-llm: the report could not be made: Error: expected the data',
    )
    expect(JSON.parse(output[FILE] as string)).toEqual({ odd: 1 })
    expect(output.stdout).toBeUndefined()
    expect(made({}, null).stderr).toContain('could not be made')
    const script = { version: '1.0.0', config: { script: 'const token = "secret"' }, results: 5 }
    expect(JSON.stringify(made({}, script))).not.toContain('secret')
  })
})

describe('wrong options are refused at init', () => {
  test.each([
    [{ titel: 'x' }, /createSummary: no option "titel"; expected one of title, sla/],
    [{ title: '' }, /title="": expected a text/],
    [{ directory: 5 }, /directory=5: expected a text/],
    [{ file: ' ' }, /file=" ": expected a text/],
    [{ formats: 'json' }, /formats="json": expected a list of text, json, markdown/],
    [
      { formats: ['text', 'docx'] },
      /formats=\["text","docx"\]: expected a list of text, json, markdown/,
    ],
    [{ formats: [] }, /formats=\[\]/],
    [{ locale: 'de' }, /locale="de": expected en or ko/],
    [{ notes: 5 }, /notes=5: expected a text or an object/],
    [{ notes: null }, /notes=null/],
    [{ sla: null }, /sla=null: expected an SLA/],
    [{ sla: [undefined] }, /sla=undefined: expected an SLA/],
    [{ sla: { sla: { ttft: 5 } } }, /sla\.ttft=5/],
    [{ unmeasured: 'skip' }, /unmeasured="skip"/, slaPresets.guideChat],
  ])('%j', (options, message, sla?: unknown) => {
    const all = (sla ? { sla, ...options } : options) as SummaryOptions
    expect(() => createSummary(all)).toThrow(message)
  })
})
