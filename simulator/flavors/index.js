/** @import { FlavorName } from '../flavor-names.js' */
/** @import { Flavor } from '../wire.js' */
import { anthropic } from './anthropic/index.js'
import { gateway } from './gateway/index.js'
import { litellm } from './litellm/index.js'
import { llamaSwap } from './llama-swap.js'
import { llamacpp } from './llamacpp/index.js'
import { llamacppRouter } from './llamacpp/router.js'
import { ollama } from './ollama/index.js'
import { openai } from './openai/index.js'
import { sglang } from './sglang/index.js'
import { tabby } from './tabby/index.js'
import { tgi } from './tgi/index.js'
import { vllm } from './vllm/index.js'

/** @type {Record<FlavorName, Flavor>} */
export const flavors = {
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
