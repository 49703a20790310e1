/** Bodies of an OpenAI-compatible server, for tests of the rooms right of `stream`. */

export const chunk = (content: string, finish: string | null = null, model = 'sim') =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion.chunk',
    model,
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  })

export const usageChunk = (prompt: number, completion: number) =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion.chunk',
    choices: [],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    },
  })

/** A whole event stream with these data. */
export const body = (...data: string[]) => data.map((text) => `data: ${text}\n\n`).join('')

/** An answer in one JSON value. */
export const completion = (content: string, completionTokens: number, model = 'sim') =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: completionTokens },
  })
