import type { Flavor } from '../exchange/wire.ts'
import type { FlavorName } from '../options/names.ts'
import { anthropic } from './anthropic/index.ts'
import { gateway } from './gateway/index.ts'
import { litellm } from './litellm/index.ts'
import { llamaSwap } from './llama-swap.ts'
import { llamacpp } from './llamacpp/index.ts'
import { llamacppRouter } from './llamacpp/router.ts'
import { ollama } from './ollama/index.ts'
import { openai } from './openai/index.ts'
import { sglang } from './sglang/index.ts'
import { tabby } from './tabby/index.ts'
import { tgi } from './tgi/index.ts'
import { vllm } from './vllm/index.ts'

export const flavors: Record<FlavorName, Flavor> = {
  gateway,
  vllm,
  sglang,
  llamacpp,
  'llamacpp-router': llamacppRouter,
  'llama-swap': llamaSwap,
  ollama,
  tgi,
  openai,
  anthropic,
  tabby,
  litellm,
}
