/** The servers that the simulator speaks as, each in a file of `flavors/`. */
export const flavorNames = /** @type {const} */ ([
  'gateway',
  'vllm',
  'sglang',
  'llamacpp',
  'llamacpp-router',
  'llama-swap',
  'ollama',
  'tgi',
  'openai',
  'anthropic',
  'tabby',
  'litellm',
])

/** @typedef {typeof flavorNames[number]} FlavorName */
