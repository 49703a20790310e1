/** The servers that the simulator speaks as, each in a file or folder of `flavors/`. */
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

/** The models that the gateway has unless it is told others. */
export const profileNames = [
  'phi3-mini',
  'deepseek-coder-7b',
  'qwen2-7b-instruct',
  'llama3-70b',
] as const

export type ProfileName = (typeof profileNames)[number]

/** What may happen to a model switch, or to a load. */
export const switchFaults = [
  'none',
  'fail',
  'stuck',
  'lying',
  'refuse',
  'slow',
  'reverted',
  'stopped',
] as const

export type SwitchFault = (typeof switchFaults)[number]

export function isSwitchFault(name: string | undefined): name is SwitchFault {
  return switchFaults.some((fault) => fault === name)
}
