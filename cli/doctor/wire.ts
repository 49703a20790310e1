// How each wire is asked for a short stream, and what its events say. Written apart from the
// library's dialects: a fault that both shared would not be seen.

export interface Wire {
  path: string
  /** NDJSON instead of server-sent events */
  rows?: boolean
  body: (model: string | undefined, tokens: number) => Record<string, unknown>
}

const PROMPT = 'Count from one to fifty in words.'
const messages = [{ role: 'user', content: PROMPT }]

export const WIRES: Record<string, Wire> = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: (model, max_tokens) => ({
      model,
      messages,
      max_tokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
  },
  'openai-completions': {
    path: '/v1/completions',
    body: (model, max_tokens) => ({
      model,
      prompt: PROMPT,
      max_tokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
  },
  'openai-responses': {
    path: '/v1/responses',
    body: (model, tokens) => ({ model, input: PROMPT, max_output_tokens: tokens, stream: true }),
  },
  'anthropic-messages': {
    path: '/v1/messages',
    body: (model, max_tokens) => ({ model, messages, max_tokens, stream: true }),
  },
  'ollama-chat': {
    path: '/api/chat',
    rows: true,
    body: (model, num_predict) => ({ model, messages, stream: true, options: { num_predict } }),
  },
  'ollama-generate': {
    path: '/api/generate',
    rows: true,
    body: (model, num_predict) => ({
      model,
      prompt: PROMPT,
      stream: true,
      options: { num_predict },
    }),
  },
  'llamacpp-completion': {
    path: '/completion',
    body: (_model, n_predict) => ({ prompt: PROMPT, n_predict, stream: true }),
  },
  'tgi-generate': {
    path: '/generate_stream',
    body: (_model, max_new_tokens) => ({
      inputs: PROMPT,
      parameters: { max_new_tokens, details: true },
    }),
  },
  'sglang-generate': {
    path: '/generate',
    body: (_model, max_new_tokens) => ({
      text: PROMPT,
      sampling_params: { max_new_tokens },
      stream: true,
    }),
  },
  gateway: {
    path: '/api/chat',
    body: (model, max_tokens) => ({
      model: model ?? 'current',
      messages,
      max_tokens,
      stream: true,
      stream_options: { include_usage: true },
    }),
  },
}

/** What one event or row says, whichever wire it is of. */
export function readEvent(data: string): {
  output: boolean
  end: boolean
  error?: string
  tokens?: number
  broken?: boolean
} {
  if (data === '[DONE]') return { output: false, end: false }
  let json: any
  try {
    json = JSON.parse(data)
  } catch {
    return { output: false, end: false, broken: true }
  }
  if (json === null || typeof json !== 'object') return { output: false, end: false, broken: true }
  const choice = json.choices?.[0]
  const delta = choice?.delta ?? (typeof json.delta === 'object' ? json.delta : {}) ?? {}
  const texts = [
    delta.content,
    delta.reasoning_content,
    delta.reasoning,
    delta.refusal,
    delta.text, // Anthropic
    delta.thinking,
    delta.partial_json,
    choice?.text,
    /output_text\.delta|reasoning.*\.delta/.test(json.type ?? '') ? json.delta : undefined,
    json.message?.thinking, // Ollama
    typeof json.message?.content === 'string' ? json.message.content : undefined,
    json.response,
    json.thinking,
    typeof json.content === 'string' ? json.content : undefined, // llama.cpp
    json.token && !json.token.special ? json.token.text : undefined, // TGI
    json.meta_info ? json.text : undefined, // SGLang
  ]
  const usage = json.usage ?? json.message?.usage ?? json.response?.usage
  const tokens =
    usage?.completion_tokens ??
    usage?.output_tokens ??
    json.eval_count ??
    json.meta_info?.completion_tokens ??
    json.tokens_predicted ??
    json.details?.generated_tokens
  const error = errorOf(json)
  return {
    output:
      texts.some((text) => typeof text === 'string' && text !== '') || !!delta.tool_calls?.[0],
    end:
      Boolean(choice?.finish_reason) ||
      /^(message_stop|response\.completed|response\.incomplete)$/.test(json.type ?? '') ||
      json.done === true ||
      json.stop === true ||
      Boolean(json.details) ||
      Boolean(json.meta_info?.finish_reason),
    ...(error !== undefined && { error }),
    ...(Number.isFinite(tokens) && { tokens }),
  }
}

/**
 * @param json a body or an event
 * @returns what a server says of its error
 */
export function errorOf(json: any): string | undefined {
  const told =
    json?.error ?? (json?.type === 'error' || json?.object === 'error' ? json : undefined)
  if (told !== undefined && told !== null && told !== false) {
    const text = typeof told === 'object' ? (told.message ?? JSON.stringify(told)) : told
    return String(text)
  }
  if (json?.detail === undefined) return undefined
  return typeof json.detail === 'string' ? json.detail : JSON.stringify(json.detail)
}
