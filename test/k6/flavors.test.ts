import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onEachK6, variant } from '../support/each-k6.ts'
import { EXIT, runK6 } from '../support/run-k6.ts'
import { type Simulator, startSimulator } from '../support/simulator.ts'

/** Every wire that a server speaks. */
const WIRES: { [flavor: string]: string[] } = {
  vllm: ['openai-chat', 'openai-completions'],
  sglang: ['openai-chat', 'sglang-generate'],
  llamacpp: ['openai-chat', 'llamacpp-completion'],
  ollama: ['openai-chat', 'openai-completions', 'ollama-chat', 'ollama-generate'],
  tgi: ['openai-chat', 'tgi-generate'],
  openai: ['openai-chat', 'openai-completions', 'openai-responses'],
  anthropic: ['anthropic-messages'],
  tabby: ['openai-chat'],
  litellm: ['openai-chat'],
  gateway: ['gateway'],
}

interface Made {
  ok: boolean
  text: string
  reasoning: string
  usage: { promptTokens?: number; completionTokens?: number }
  finishReason: string | null
  source: string
  ttft?: number
  ttfo?: number
  tpot?: number
  chunks: number
  error: { kind: string; message: string; retryAfter?: number } | null
}

onEachK6('every wire of every server', (k6) => {
  const simulators = new Map<string, Simulator>()
  const made = new Map<string, Made>()

  beforeAll(async () => {
    await Promise.all(
      Object.keys(WIRES).map(async (flavor) => {
        const options = ['--flavor', flavor, '--ttft', '40', '--itl', '10', '--api-key', 'key']
        simulators.set(flavor, await startSimulator(...options, '--load-time', '0'))
      }),
    )
    const servers = Object.entries(WIRES).flatMap(([flavor, apis]) =>
      apis.map((api) => ({ flavor, api, url: simulators.get(flavor)?.url })),
    )
    const run = await runK6(k6, variant(k6, 'test/k6/scripts/flavors.js'), {
      env: { SERVERS: JSON.stringify(servers) },
      args: ['--log-format', 'raw'],
    })
    expect(run.code, run.output).toBe(EXIT.ok)
    for (const line of run.output.split('\n')) {
      if (!line.startsWith('MADE ')) continue
      const { name, ...rest } = JSON.parse(line.slice(5))
      made.set(name, rest)
    }
  }, 120_000)
  afterAll(async () => {
    await Promise.all([...simulators.values()].map((simulator) => simulator.stop()))
  })

  const rows = Object.entries(WIRES).flatMap(([flavor, apis]) =>
    apis.map((api) => ({ flavor, api })),
  )

  describe.each(rows)('$flavor by $api', ({ flavor, api }) => {
    const of = (what: string) => made.get(`${flavor} ${api} ${what}`) as Made

    test('a stream is read to its end, with exact counts', () => {
      const reply = of('stream')
      expect(reply.error).toBeNull()
      expect(reply.text.length).toBeGreaterThan(10)
      expect(reply.usage.completionTokens).toBe(12)
      expect(reply.usage.promptTokens).toBeGreaterThan(0)
      expect(reply.finishReason).toBeTruthy()
      expect(reply.chunks).toBeGreaterThanOrEqual(10)
      if (!k6.streams) {
        expect([reply.source, reply.ttft, reply.tpot]).toEqual(['body', undefined, undefined])
        return
      }
      expect(reply.source).toBe('stream')
      // Not under what the server waited: nothing before the first token was taken for one.
      expect(reply.ttft).toBeGreaterThanOrEqual(40)
      expect(reply.tpot).toBeGreaterThan(3) // 10 ms, less what a busy machine is late at first
    })

    test('a whole answer has the same counts', () => {
      const reply = of('whole')
      expect(reply.error).toBeNull()
      expect(reply.text.length).toBeGreaterThan(10)
      expect(reply.usage.completionTokens).toBe(12)
      expect([reply.source, reply.ttft]).toEqual(['body', undefined])
    })

    test('an error after HTTP 200 is a failure, what came before is kept', () => {
      const reply = of('error-event')
      expect(reply.ok).toBe(false)
      // Ollama's OpenAI endpoint hides the error: all that is seen is a stream cut off.
      const hidden = flavor === 'ollama' && api.startsWith('openai')
      expect(reply.error?.kind).toBe(hidden ? 'truncated' : 'stream_error')
      expect(reply.text).not.toBe('')
    })

    test('a stream cut off is a failure', () => {
      expect(of('truncated')).toMatchObject({ ok: false, error: { kind: 'truncated' } })
    })

    test('429 is told from other 4xx, with the time to wait', () => {
      expect(of('429')).toMatchObject({ ok: false, error: { kind: 'http_429', retryAfter: 1000 } })
    })
  })
})
