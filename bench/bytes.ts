// The bytes that the benchmarks stream: what vLLM 0.11 sends, as in test/fixtures/streams.

const WORDS =
  ' the| of| and| to| a| in| is| that| it|ing|er| model| token| stream|,|.|:| (|)| server|s' +
  '| latency| request| first|\n|\n\n| "|"| - |`|`|  | 0|1|2| GPU| 안녕|하세요| 모델|의| é|\t'
const VOCABULARY = WORDS.split('|')

/** Small seeded generator (mulberry32). */
function random(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * The data of the events of one answer: role, `tokens` events with one token each, finish, usage,
 * `[DONE]`; so `tokens + 4` events.
 *
 * @returns `text`: what the tokens spell
 */
export function answer(tokens: number, seed: number = 1): { data: string[]; text: string } {
  const next = random(seed)
  const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16)).join('')
  const head = {
    id: `chatcmpl-${hex}`,
    object: 'chat.completion.chunk',
    created: 1764000000,
    model: 'bench-7b',
  }
  const chunk = (delta: object, rest: object) =>
    JSON.stringify({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...rest }],
    })
  const data = [chunk({ role: 'assistant', content: '' }, {})]
  let text = ''
  for (let i = 0; i < tokens; i++) {
    const content = VOCABULARY[Math.floor(next() * VOCABULARY.length)] ?? ''
    text += content
    data.push(chunk({ content }, { token_ids: null }))
  }
  data.push(chunk({ content: '' }, { finish_reason: 'length', stop_reason: null, token_ids: null }))
  const usage = { prompt_tokens: 9, total_tokens: 9 + tokens, completion_tokens: tokens }
  data.push(JSON.stringify({ ...head, choices: [], usage }), '[DONE]')
  return { data, text }
}

/** How many events an answer of so many tokens has. */
export const eventsOf = (tokens: number) => tokens + 4

/** An answer as a body. */
export function body(data: string[]) {
  return data.map((text) => `data: ${text}\n\n`).join('')
}
