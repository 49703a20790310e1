/** The servers that the simulator speaks as, each in a file of `flavors/`. */
export const flavorNames = [
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
] as const

export type FlavorName = (typeof flavorNames)[number]
