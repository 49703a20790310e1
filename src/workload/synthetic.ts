import { misuse, show } from '../core/errors.ts'
import { createCallCounter, currentIteration, scenarioStartedAt } from '../core/iteration.ts'
import { checkKeys } from '../core/options.ts'
import { mixSeed, type Random, randomAt, seedOption } from '../core/random.ts'
import type { ChatRequest } from '../stream/dialect.ts'
import { checkDistribution, type Distribution, draw } from './distribution.ts'
import { createWriter, type Tokenizer } from './text.ts'
import { TOKENIZERS } from './words.ts'

export interface SyntheticOptions {
  /** Tokens of the whole prompt, shared prefix and nonce included; the chat template is not. */
  inputTokens: Distribution
  /** Most tokens of the answer (`max_tokens`). */
  outputTokens: Distribution
  /** Equal seeds give equal prompts. @default SEED, else 1 */
  seed?: number
  /** @default 'en' */
  language?: 'en' | 'ko'
  /** Whose tokens are counted; Korean differs most between them. @default 'o200k' */
  tokenizer?: Tokenizer
  /**
   * Tokens at the beginning that requests have in common, as a system prompt; with `groups` there
   * are so many of them, each as likely. @default 0
   */
  sharedPrefix?: number | { tokens: number; groups: number }
  /** Each request has a text of its own. `false`: all say the same, as far as they go. @default true */
  unique?: boolean
  /**
   * Words at the very beginning that differ from run to run, so that no run finds what another
   * left in a prefix cache: a text of yours, or `true` for one from the time at which the scenario
   * began (with it two runs are not the same traffic). @default none
   */
  nonce?: string | boolean
  /**
   * Have the answer as long as asked for: adds `min_tokens` and `ignore_eos` (vLLM, SGLang;
   * llama.cpp the latter). Other servers may refuse the fields. @default false
   */
  forceOutput?: boolean
}

/** The lengths of one request, in place of the options' own: what a trace says. */
export interface RequestShape {
  inputTokens?: number
  outputTokens?: number
  /** Ids of blocks of 512 tokens (Mooncake's `hash_ids`): equal ids are equal text. */
  blocks?: number[]
}

export interface SyntheticPrompt {
  /** For `chat.stream(request)`. */
  request: ChatRequest
  index: number
  /** What was asked for. */
  inputTokens: number
  outputTokens: number
}

export interface SyntheticPrompts {
  /** The prompt of an ordinal: the same in every VU, process and version of k6. */
  at(index: number, shape?: RequestShape): SyntheticPrompt
  /** The prompt of this iteration; called again in it, another one. */
  next(shape?: RequestShape): SyntheticPrompt
}

const OPTIONS = [
  'inputTokens',
  'outputTokens',
  'seed',
  'language',
  'tokenizer',
  'sharedPrefix',
  'unique',
  'nonce',
  'forceOutput',
]

/** Block of Mooncake's traces, in tokens (https://github.com/kvcache-ai/Mooncake). */
const TRACE_BLOCK = 512

/** Tokens of a nonce: seven words of some 370 and a full stop, 10^18 of them. */
const NONCE = 8

// What each part of a prompt is drawn from, apart from the others.
const PREFIX = 0x707265
const BLOCK = 0x626c6b
const AGAIN = 0x616761

/**
 * Prompts of a given length in tokens, made up of common words: for load by size of prompt and
 * answer, prefix caches, and large contexts (100,000 tokens in some ms).
 *
 * The length is right to the token with the five tokenizers of `tokenizer`, give or take one or two
 * (docs/workloads.md has the errors as measured). The server counts its chat template too.
 *
 * @example const prompts = syntheticPrompts({ inputTokens: { lognormal: [500, 0.8] }, outputTokens: 200 })
 *   const { request } = prompts.next() // in VU code
 */
export function syntheticPrompts(options: SyntheticOptions): SyntheticPrompts {
  checkKeys('syntheticPrompts', options, OPTIONS)
  const { language = 'en', tokenizer = 'o200k', unique = true, nonce, forceOutput } = options
  const input = checkDistribution('inputTokens', options.inputTokens)
  const output = checkDistribution('outputTokens', options.outputTokens)
  const seed = seedOption('syntheticPrompts', options.seed)
  if (language !== 'en' && language !== 'ko') {
    misuse(`syntheticPrompts: language=${show(language)}: expected 'en' or 'ko'`)
  }
  if (TOKENIZERS.indexOf(tokenizer) < 0) {
    misuse(`syntheticPrompts: tokenizer=${show(tokenizer)}: expected ${TOKENIZERS.join(', ')}`)
  }
  const shared = prefixOf(options.sharedPrefix)
  if (typeof input === 'number' && shared.tokens >= input) {
    misuse(
      `syntheticPrompts: sharedPrefix=${shared.tokens} is part of inputTokens=${input}: expected fewer`,
    )
  }
  const writer = createWriter(language, tokenizer, seed)
  const prefixes: string[] = []
  const calls = createCallCounter()

  function prefix(group: number): string {
    if (prefixes[group] === undefined) {
      prefixes[group] = writer.write(randomAt(seed ^ PREFIX, group), shared.tokens)
    }
    return prefixes[group] as string
  }

  function make(index: number, random: Random, shape: RequestShape): SyntheticPrompt {
    checkKeys('the shape of a prompt', shape, ['inputTokens', 'outputTokens', 'blocks'])
    // Drawn even where the shape says otherwise: the text stays the same.
    const drawn = [draw(input, random), draw(output, random)] as const
    const inputTokens = whole(shape.inputTokens, drawn[0])
    const outputTokens = whole(shape.outputTokens, drawn[1])
    const group = Math.floor(random.next() * shared.groups)

    const parts: string[] = []
    let left = inputTokens
    if (nonce) {
      const tokens = Math.min(NONCE, Math.floor(inputTokens / 2))
      parts.push(writer.write(randomAt(hash(nonce), 0), tokens))
      left -= tokens
    }
    if (shape.blocks) {
      for (const id of shape.blocks) {
        if (left <= 0) break
        parts.push(writer.write(randomAt(seed ^ BLOCK, id), Math.min(left, TRACE_BLOCK)))
        left -= TRACE_BLOCK
      }
    } else if (shared.tokens > 0) {
      parts.push(prefix(group))
      left = Math.max(left - shared.tokens, unique ? 1 : 0)
    }
    if (left > 0) parts.push(writer.write(unique ? random : randomAt(seed, 0), left))
    const request: ChatRequest = { prompt: join(parts), max_tokens: outputTokens }
    if (forceOutput) {
      request.min_tokens = outputTokens
      request.ignore_eos = true
    }
    return { request, index, inputTokens, outputTokens }
  }

  return {
    at: (index, shape = {}) => make(index, randomAt(seed, index), shape),
    next(shape = {}) {
      const { inTest } = currentIteration('syntheticPrompts().next()')
      const call = calls()
      const own = call === 0 ? seed : mixSeed(seed ^ AGAIN, call)
      return make(inTest, randomAt(own, inTest), shape)
    },
  }
}

function join(parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

function whole(given: number | undefined, drawn: number): number {
  const value = given === undefined ? drawn : given
  return Math.max(1, Math.round(value))
}

function prefixOf(option: SyntheticOptions['sharedPrefix'] = 0): {
  tokens: number
  groups: number
} {
  const { tokens, groups } = typeof option === 'number' ? { tokens: option, groups: 1 } : option
  if (!(tokens >= 0 && tokens % 1 === 0 && groups >= 1 && groups % 1 === 0)) {
    misuse(
      `syntheticPrompts: sharedPrefix=${show(option)}: expected tokens, like 1000 or { tokens: 1000, groups: 8 }`,
    )
  }
  return { tokens, groups }
}

/** FNV-1a of a text (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(nonce: string | true): number {
  const text = nonce === true ? String(scenarioStartedAt()) : nonce
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}
